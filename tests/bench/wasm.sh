#!/usr/bin/env bash
# The WebAssembly reader on real modules, beside wasm-objdump and wasm-opt, and beside bloaty and twiggy where they are:
#     [BLOATY=PROGRAM] [TWIGGY=PROGRAM] tests/bench/wasm.sh BUILD_FOLDER [ROUNDS]
# BUILD_FOLDER: a release build. Modules come from npm (esbuild-wasm, sql.js, @automerge/automerge,
# @duckdb/duckdb-wasm), into PERFBUDGET_BENCH_CACHE or a temporary folder; without npm nothing is
# measured and the status is 77, as without the peers. Prints Markdown tables. Goals: walk at most 1.5 x hashing;
# decoding at least 300 MB/s (both in processor time); peak memory below the file plus 64 MB (of --against: both
# files); `inspect` before wasm-objdump -x, and `inspect --sections`, which tells what -h does, before -h.
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
    -liberty -lcjson -lmd -lxxhash -lm -lpthread

for peer in wasm-objdump wasm-opt; do
    command -v "$peer" > /dev/null || { echo "$peer is not installed" >&2; exit 77; }
done
# bloaty and twiggy are in no Debian 12 (docs/benchmarks/wasm.md says how to build them); a Perl server is called twiggy too.
declare -A optional=([bloaty]=${BLOATY:-bloaty} [twiggy]=${TWIGGY:-twiggy})
for peer in bloaty twiggy; do
    version=$("${optional[$peer]}" --version 2> /dev/null < /dev/null | head -n 1) || version=
    case $version in
        [Bb]loaty* | twiggy*) echo "$peer: $version" ;;
        *) unset "optional[$peer]"; echo "$peer: not found, not measured" ;;
    esac
done
modules=(@duckdb/duckdb-wasm/dist/duckdb-eh.wasm esbuild-wasm/esbuild.wasm
    @automerge/automerge/dist/automerge.wasm sql.js/dist/sql-wasm.wasm)

echo "load $(cut -d' ' -f1-3 /proc/loadavg); $(wasm-objdump --version | sed 's/^/wabt /'); $(wasm-opt --version)"
echo
echo "| module | MB | hash ms | walk ms | walk / hash | decode ms | decode MB/s | with names and dominators ms |"
echo "| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |"
for module in "${modules[@]}"; do
    file=$cache/node_modules/$module
    read -r hash walk decode names length < <("$work/bench" "$file" "$rounds")
    awk -v n="$(basename "$module")" -v h="$hash" -v w="$walk" -v d="$decode" -v a="$names" -v l="$length" 'BEGIN {
        printf "| %s | %.2f | %s | %s | %.2f | %s | %.0f | %s |\n", n, l / 1e6, h, w, w / h, d, l / 1e3 / d, a
    }'
done
echo
echo "| module | program | processor ms | wall ms | peak MB over the file |"
echo "| --- | --- | ---: | ---: | ---: |"
for module in "${modules[@]}"; do
    file=$cache/node_modules/$module
    size=$(stat -c %s "$file")
    cat > "$work/budget.yaml" <<YAML
version: 1
directory: $(dirname "$file")
budgets:
  module:
    wasm: $(basename "$file")
    limits: {raw: 1GB, 'function[*]': 1GB, duplicates: 1GB}
YAML
    cp "$file" "$work/old.wasm" # another file with the same bytes
    check="$build/perfbudget check $work/budget.yaml --allow-outside --no-cache --format json"
    programs=("inspect --sections" "wasm-objdump -h" "inspect" "wasm-objdump -x" "inspect --format json"
        "inspect --format csv" "inspect --format svg" "inspect --against" "check --format json")
    "$work/bench" run "$rounds" "$build/perfbudget inspect --sections $file" "wasm-objdump -h $file" \
        "$build/perfbudget inspect $file" "wasm-objdump -x $file" \
        "$build/perfbudget inspect --format json $file" "$build/perfbudget inspect --format csv $file" \
        "$build/perfbudget inspect --format svg $file" \
        "$build/perfbudget inspect $file --against $work/old.wasm" "$check" > "$work/rows"
    lines=()
    beside() { # PEER OUR_COMMAND ITS_ARGUMENTS: a row, named by what it stands beside
        [ -n "${optional[$1]-}" ] || return 0
        programs+=("$1 ${3//$work\/old.wasm/OLD}")
        programs[-1]="${programs[-1]// $file/} (beside $2)"
        lines+=("${optional[$1]} $3")
    }
    beside bloaty "inspect --sections" "-d sections $file"
    beside bloaty inspect "-d sections,symbols $file"
    beside bloaty "inspect --format csv" "-d sections,symbols -n 0 --csv $file"
    beside bloaty "inspect --against" "-d sections,symbols $file -- $work/old.wasm"
    for command in top "top --retained" dominators monos garbage; do beside twiggy inspect "$command $file"; done
    beside twiggy "inspect --format csv" "top --retained -n 1000000 -f csv $file"
    beside twiggy "inspect --against" "diff $work/old.wasm $file"
    [ ${#lines[@]} -eq 0 ] || "$work/bench" run "$rounds" "${lines[@]}" >> "$work/rows"
    "$work/bench" run 3 "wasm-opt --all-features --metrics $file -o /dev/null" >> "$work/rows"
    programs+=("wasm-opt --metrics")
    for i in "${!programs[@]}"; do
        read -r cpu wall peak < <(sed -n "$((i + 1))p" "$work/rows")
        files=1
        [[ "${programs[i]}" =~ --against ]] && files=2
        [ "$peak" = - ] || peak=$(awk -v p="$peak" -v s="$((files * size))" 'BEGIN {printf "%.0f", p - s / 1e6}')
        echo "| $(basename "$module") | ${programs[i]} | $cpu | $wall | $peak |"
    done
done

# Peak memory where bytes are compressed: a broken limit ends in 1. Once each, as brotli takes minutes.
head=$work/head/duckdb.wasm base=$work/base/duckdb.wasm
mkdir "$work/head" "$work/base"
cp "$cache/node_modules/@duckdb/duckdb-wasm/dist/duckdb-mvp.wasm" "$head"
cp "$cache/node_modules/@duckdb/duckdb-wasm/dist/duckdb-eh.wasm" "$base"
programs=() commands=()
add() { # NAME COMMAND
    programs+=("$1") commands+=("$2")
}
for codec in gzip brotli zstd; do
    printf 'version: 1\ndefaults: {time_limit: 1h, timeout: 1h}\nbudgets: {m: {wasm: duckdb.wasm, limits: {%s: 1KB}}}\n' \
        "$codec" > "$work/head/$codec.yaml"
    check="expect 1 $build/perfbudget check $work/head/$codec.yaml --root $work/head --no-cache"
    add "check, $codec" "$check"
    add "check --against, $codec" "$check --against $work/base"
done
for codec in gzip brotli; do
    inspect="$build/perfbudget inspect $head --top 1 --compressed $codec"
    add "inspect --compressed $codec" "$inspect"
    add "inspect --compressed $codec --against" "$inspect --against $base"
done
echo
echo "| duckdb-mvp.wasm, --against duckdb-eh.wasm | processor ms | wall ms | peak MB over the file or files |"
echo "| --- | ---: | ---: | ---: |"
"$work/bench" run 1 "${commands[@]}" > "$work/rows"
for i in "${!programs[@]}"; do
    read -r cpu wall peak < <(sed -n "$((i + 1))p" "$work/rows")
    size=$(stat -c %s "$head")
    case ${programs[i]} in *--against*) size=$((size + $(stat -c %s "$base"))) ;; esac
    [ "$peak" = - ] || peak=$(awk -v p="$peak" -v s="$size" 'BEGIN {printf "%.0f", p - s / 1e6}')
    echo "| ${programs[i]} | $cpu | $wall | $peak |"
done
