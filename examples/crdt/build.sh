#!/bin/sh
# The one command that rebuilds crdt.wasm:         examples/crdt/build.sh
# and the native programs of this folder:          examples/crdt/build.sh workload|test OUTPUT
# A module goes elsewhere with:                    examples/crdt/build.sh wasm OUTPUT
set -eu
here=$(cd "$(dirname "$0")" && pwd)
kind=${1:-wasm}
output=${2:-$here/crdt.wasm}
case $output in
/*) ;;
*) output=$PWD/$output ;;
esac
warnings="-std=c17 -Wall -Wextra -Wpedantic"
cd "$here"

native() {
    # shellcheck disable=SC2086  # several words on purpose
    ${CC:-cc} $warnings ${CFLAGS--O2} -D_POSIX_C_SOURCE=200809L -o "$output" "$1" crdt.c memory_native.c
}

case $kind in
wasm)
    # Linked by hand: clang would call wasm-opt where it happens to be installed, and give other bytes.
    # 64 KiB pages: 2 at the start, at most 256 (16 MiB); a stack of 16 KiB is plenty without recursion.
    objects=$(mktemp -d)
    trap 'rm -rf "$objects"' EXIT
    for name in crdt memory_wasm; do
        # shellcheck disable=SC2086
        ${CLANG:-clang} $warnings --target=wasm32 -Os -ffreestanding -fno-builtin -fvisibility=hidden \
            -c -o "$objects/$name.o" "$name.c"
    done
    "${WASM_LD:-wasm-ld}" --no-entry --gc-sections --stack-first -z stack-size=16384 \
        --initial-memory=131072 --max-memory=16777216 -o "$output" "$objects/crdt.o" "$objects/memory_wasm.o"
    ;;
workload | test)
    [ $# -eq 2 ] || { echo "build.sh: $kind needs the path to write to" >&2; exit 2; }
    mkdir -p "$(dirname "$output")"
    native "$kind.c"
    ;;
*)
    echo "build.sh: unknown kind '$kind': wasm, workload or test" >&2
    exit 2
    ;;
esac
