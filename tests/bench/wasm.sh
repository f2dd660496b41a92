#!/usr/bin/env bash
# The WebAssembly reader on real modules, beside wasm-objdump and wasm-opt:
#     tests/bench/wasm.sh BUILD_FOLDER [ROUNDS]
# BUILD_FOLDER: a release build. Modules come from npm (esbuild-wasm, sql.js, @automerge/automerge,
# @duckdb/duckdb-wasm), into PERFBUDGET_BENCH_CACHE or a temporary folder; without npm nothing is
# measured and the status is 77. Prints a Markdown table. Goals: walk at most 1.5 x hashing; decoding at
# least 300 MB/s (both in processor time); peak memory below the file plus 64 MB; no peer faster.
set -euo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)
build=$(realpath "$1")
rounds=${2:-9}
command -v npm > /dev/null || { echo "npm is not installed" >&2; exit 77; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cache=${PERFBUDGET_BENCH_CACHE:-$work/npm}
mkdir -p "$cache"
[ -d "$cache/node_modules/@duckdb" ] ||
    (cd "$cache" && npm install --ignore-scripts --no-audit --no-fund --no-save esbuild-wasm sql.js \
        @automerge/automerge @duckdb/duckdb-wasm > "$work/npm.log" 2>&1) ||
    { echo "npm could not install the modules" >&2; exit 77; }
cc -O2 -std=gnu17 -D_GNU_SOURCE -I"$root/include" -I"$root/src" -o "$work/bench" \
    "$root/tests/bench/wasm_bench.c" "$build/libpb_wasm.a" "$build/libpb_base.a" \
    -liberty -lcjson -lmd -lm -lpthread

# milliseconds COMMAND...: the median wall time of ROUNDS runs in milliseconds, or a dash where it fails.
milliseconds() {
    local i start
    for ((i = 0; i < rounds; i++)); do
        start=$(date +%s%N)
        "$@" > /dev/null 2>&1 || { echo -; return; }
        echo $((($(date +%s%N) - start) / 10000))
    done | sort -n | awk '{v[NR] = $1} END {if (v[1] == "-") print "fails"; else printf "%.1f", v[int((NR + 1) / 2)] / 100}'
}
peer() { # NAME ARGUMENT...
    if command -v "$1" > /dev/null; then milliseconds "$@"; else echo "not there"; fi
}

echo "| module | MB | hash ms | walk ms | walk / hash | decode ms | decode MB/s | + names, dominators ms | inspect ms | peak MB over file | objdump -h ms | objdump -x ms | wasm-opt --metrics ms |"
echo "| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |"
for module in @duckdb/duckdb-wasm/dist/duckdb-eh.wasm esbuild-wasm/esbuild.wasm \
    @automerge/automerge/dist/automerge.wasm sql.js/dist/sql-wasm.wasm; do
    file=$cache/node_modules/$module
    read -r hash walk decode names length < <("$work/bench" "$file" "$rounds")
    peak=$(/usr/bin/time -f %M "$build/perfbudget" inspect "$file" 2>&1 > /dev/null | tail -n 1)
    inspect=$(milliseconds "$build/perfbudget" inspect "$file")
    short=$(peer wasm-objdump -h "$file")
    long=$(peer wasm-objdump -x "$file")
    metrics=$(rounds=3 peer wasm-opt --all-features --metrics "$file" -o /dev/null)
    awk -v n="$(basename "$module")" -v h="$hash" -v w="$walk" -v d="$decode" -v a="$names" -v l="$length" \
        -v p="$peak" -v i="$inspect" -v s="$short" -v x="$long" -v m="$metrics" 'BEGIN {
        printf "| %s | %.2f | %s | %s | %.2f | %s | %.0f | %s | %s | %.0f | %s | %s | %s |\n",
            n, l / 1e6, h, w, w / h, d, l / 1e3 / d, a, i, p * 1.024 / 1000 - l / 1e6, s, x, m
    }'
done
