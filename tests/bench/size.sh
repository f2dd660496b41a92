#!/usr/bin/env bash
# Compressed sizes of many files, side by side, in turn:
#
#     tests/bench/size.sh PERFBUDGET [FOLDER] [ROUNDS]
#
# first run   `check --no-cache`, against `xargs -P CORES` over the reference programs, largest first,
#             against the ideal (their CPU time one file at a time, divided by the cores), and against
#             size-limit and bundlewatch where npm can install them
# second run  `check` of the same tree with a warm cache; and of 256 MB, as GB/s
#
# FOLDER: the files to measure (names without blanks). Without it: 22 bundles and modules of npm
# packages (12,828,137 B) where npm is there, else 60 files of pseudo-text, the same ones every time.
# npm installs into PERFBUDGET_BENCH_CACHE, else into a temporary folder. Prints wall and CPU seconds,
# medians of ROUNDS (3) rounds. On a machine with other work CPU seconds can be compared, wall seconds
# only roughly. What tells there how near a first run is to all cores: "at work", the share of the time
# of all cores in which one of its threads ran or waited for a core that other work had; the rest is
# time in which it had nothing for a core to do. It is sampled from the kernel's schedstat.
set -euo pipefail

program=$(realpath "$1")
folder=${2:-}
rounds=${3:-3}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cores=$(nproc)
export XDG_CACHE_HOME=$work/cache npm_config_cache=$work/npm npm_config_loglevel=error
TIMEFORMAT='%R %U %S'

packages=(react@19.3.1 react-dom@19.3.1 sql.js@1.16.0 three@0.187.0 esbuild-wasm@0.28.2
    @automerge/automerge@3.5.0 onnxruntime-web@1.30.0 @duckdb/duckdb-wasm@1.32.0)
chosen=(react/cjs/react.production.js react-dom/cjs/react-dom.production.js
    react-dom/cjs/react-dom-client.production.js react-dom/cjs/react-dom-server.browser.production.js
    sql.js/dist/sql-wasm.js sql.js/dist/sql-wasm.wasm
    three/build/three.core.js three/build/three.module.js three/build/three.webgpu.js
    three/examples/jsm/libs/basis/basis_transcoder.wasm three/examples/jsm/libs/draco/draco_decoder.wasm
    three/examples/jsm/libs/fflate.module.js esbuild-wasm/lib/browser.min.js esbuild-wasm/wasm_exec.js
    @automerge/automerge/dist/automerge.wasm apache-arrow/Arrow.es2015.min.js
    onnxruntime-web/dist/ort.all.min.js onnxruntime-web/dist/ort.bundle.min.mjs
    onnxruntime-web/dist/ort.min.js onnxruntime-web/dist/ort.webgl.min.js
    @duckdb/duckdb-wasm/dist/duckdb-browser-eh.worker.js @duckdb/duckdb-wasm/dist/duckdb-browser.mjs)
installed=${PERFBUDGET_BENCH_CACHE:-$work/npm-installed}

install() { # FOLDER PACKAGE...: once
    [ ! -e "$1/complete" ] || return 0
    command -v npm > /dev/null || return 1
    mkdir -p "$1"
    npm install --ignore-scripts --no-audit --no-fund --prefix "$@" > "$work/npm.log" 2>&1 && touch "$1/complete"
}

make_files() {
    folder=$work/files
    mkdir "$folder"
    if install "$installed/packages" "${packages[@]}"; then
        for file in "${chosen[@]}"; do cp "$installed/packages/node_modules/$file" "$folder/"; done
        return
    fi
    awk -v folder="$folder" 'BEGIN {
        state = 12345
        for (file = 0; file < 60; file++) {
            name = folder "/" file ".js"
            left = file % 20 ? 2000 + file * 1000 : 400000
            while (left > 0) {
                state = (state * 69069 + 1) % 4294967296
                line = sprintf("const word%d = call(%d);", state % 997, int(state / 65536) % 8191)
                print line > name
                left -= length(line) + 1
            }
            close(name)
        }
    }'
}

budget() { # FILE FOLDER METRIC
    printf 'version: 1\ndirectory: %s\ndefaults: {time_limit: 1h, timeout: 1h}\nbudgets:\n  all:\n    size: "*"\n    with: {allow_empty: true}\n    limits: {%s: 100GB}\n' \
        "$2" "$3" > "$1"
}

ours() { "$program" check --root / --no-cache "$work/$codec.yaml"; }
again() { "$program" check --root / "$work/$codec.yaml"; }
reference() { xargs -n 1 -P "$cores" "${command[@]}" < "$work/list" | wc -c; }
ideal() { while read -r file; do "${command[@]}" "$file" | wc -c; done < "$work/list"; }
size_limit() { (cd "$installed/peers" && node node_modules/size-limit/bin.js --json --config "$work/size-limit-$codec.json"); }
bundlewatch() { (cd "$installed/peers" && node node_modules/bundlewatch/lib/bin/index.js --config "$work/bundlewatch-$codec.json"); }

peers() {
    install "$installed/peers" size-limit@12.1.0 @size-limit/file@12.1.0 bundlewatch@0.4.2 brotli-size || return 0
    printf '{"dependencies": {"size-limit": "*", "@size-limit/file": "*"}}\n' > "$installed/peers/package.json"
    for codec in gzip brotli; do
        sed 's/.*/{"path": "&", "limit": "1 GB", "'$codec'": true}/' "$work/list" | paste -sd, |
            sed 's/^/[/; s/$/]/' > "$work/size-limit-$codec.json"
        sed "s/.*/{\"path\": \"&\", \"maxSize\": \"1 GB\", \"compression\": \"$codec\"}/" "$work/list" |
            paste -sd, | sed 's/^/{"files": [/; s/$/]}/' > "$work/bundlewatch-$codec.json"
    done
    others=(size_limit bundlewatch)
}

measure() { # NAME: one call, its seconds to a file
    local status=0
    { time "$1" > "$work/out" 2>&1 || status=$?; } 2> "$work/time"
    if [ "$status" != 0 ]; then
        echo "$1 $codec ended with $status: $(tail -n 1 "$work/out")" >&2
        return
    fi
    awk '{ print $1, $2 + $3 }' "$work/time" >> "$work/$codec.$1"
}

# Samples what each thread of a process has run and waited for a core so far, until it ends.
watch_threads() { # PID FILE
    : > "$2"
    while [ -e /proc/"$1"/task ] && sleep 0.02; do
        grep -H . /proc/"$1"/task/*/schedstat >> "$2" 2> /dev/null || true
        kill -0 "$1" 2> /dev/null || break
    done
}

# One first run: the share of all cores' time in which it ran or waited for a core, in percent.
at_work() {
    local start end pid
    start=$(date +%s%N)
    "$program" check --root / --no-cache "$work/$codec.yaml" > "$work/out" 2>&1 &
    pid=$!
    watch_threads "$pid" "$work/threads" &
    wait "$pid"
    end=$(date +%s%N)
    wait
    sed 's/:/ /' "$work/threads" | awk -v wall=$((end - start)) -v cores="$cores" '
        { busy[$1] = $2 + $3 }
        END { for (thread in busy) sum += busy[thread]; printf "%.1f\n", 100 * sum / wall / cores }'
}

median() { # NAME FIELD
    [ -s "$work/$codec.$1" ] || { echo nan; return; }
    cut -d ' ' -f "$2" "$work/$codec.$1" | sort -n | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'
}

row() { # NAME TITLE
    printf '  %-34s %8.3f s wall  %8.3f s CPU\n' "$2" "$(median "$1" 1)" "$(median "$1" 2)"
}

compare() { # CODEC COMMAND...
    codec=$1
    shift
    command=("$@")
    budget "$work/$codec.yaml" "$folder" "$codec"
    again > "$work/out" 2>&1
    for _ in $(seq "$rounds"); do
        for one in ours reference ideal again "${others[@]}"; do measure "$one"; done
    done
    echo "$codec:"
    row ours 'perfbudget, first run'
    row reference "xargs -P$cores $codec"
    row ideal "$codec, one file at a time"
    for one in "${others[@]}"; do row "$one" "$one"; done
    row again 'perfbudget, second run'
    awk -v ours="$(median ours 1)" -v cpu="$(median ours 2)" -v ideal="$(median ideal 2)" -v cores="$cores" \
        -v xargs="$(median reference 1)" 'BEGIN {
        printf "  first run: %.2f x ideal on %d cores, %.2f x the CPU of the reference, %.2f x the wall of xargs\n",
            ours / (ideal / cores), cores, cpu / ideal, ours / xargs }'
    [ "$codec" = gzip ] || echo "  first run at work: $(at_work) % of the time of $cores cores"
}

throughput() {
    mkdir "$work/large"
    for i in 1 2 3 4; do yes "line $i of a file that is large" | head -c 64000000 > "$work/large/$i.txt" || true; done
    codec=large
    budget "$work/large.yaml" "$work/large" gzip
    again > "$work/out" 2>&1
    for _ in $(seq "$rounds"); do measure again; done
    awk -v wall="$(median again 1)" -v cpu="$(median again 2)" 'BEGIN {
        printf "second run of 256 MB: %.3f s wall, %.3f s CPU: %.1f GB/s, %.1f GB a CPU second\n", wall, cpu, 0.256 / wall, 0.256 / cpu }'
}

others=()
[ -n "$folder" ] || make_files
folder=$(realpath "$folder")
find "$folder" -maxdepth 1 -type f -size +0 -printf '%s\t%p\n' | sort -rn | cut -f 2- > "$work/list"
peers
echo "$(wc -l < "$work/list") files, $(find "$folder" -maxdepth 1 -type f -printf '%s\n' | awk '{ n += $1 } END { print n }') B; $cores cores; load $(cut -d ' ' -f 1-3 /proc/loadavg)"
compare gzip gzip -9 -n -c
compare brotli brotli -q 11 -w 22 -c
throughput
