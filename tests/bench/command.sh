#!/usr/bin/env bash
# What the `command` probe adds to the time it reports, against a bare posix_spawn + wait4 loop:
#     tests/bench/command.sh BUILD_FOLDER [RUNS] [ROUNDS]
# The two take turns, so that a machine that slows down slows both, and on one processor, so that the
# scheduler has no choice where to put the child, which is worth 100 us; the medians of the rounds are
# compared. Promised: at most 10 us + 0.1 % more, with and without peak_rss being read. It is less, as
# posix_spawn asks after every signal in the child.
# Prints one line a case, and exits with 1 if one is over.
set -eu
root=$(cd "$(dirname "$0")/../.." && pwd)
build=${1:?usage: tests/bench/command.sh BUILD_FOLDER [RUNS] [ROUNDS]}
runs=${2:-300} rounds=${3:-7}
tool=$build/perfbudget
[ -x "$tool" ] || { echo "no $tool: build it first (Release)" >&2; exit 2; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cc -O2 -std=c17 -D_GNU_SOURCE -o "$work/bare" "$root/tests/bench/spawn_bench.c"
program=$(command -v true)
case $program in /*) ;; *) program=/bin/true ;; esac

pinned=()
if command -v taskset > /dev/null; then pinned=(taskset -c "$(taskset -cp $$ | sed 's/.*[ ,-]//')"); fi

budget() { # NAME LIMITS...
    printf 'version: 1\nproject: bench\nbudgets:\n  spawn:\n    command: %s\n    runs: %d\n    limits:\n' \
        "$program" "$runs"
    printf '      %s\n' "${@:2}"
}
budget time 'wall.median: 10s' > "$work/time.yaml"
budget memory 'wall.median: 10s' 'peak_rss.max: 1GB' > "$work/memory.yaml"

reported() { # NAME: median of wall in nanoseconds
    "${pinned[@]}" "$tool" check "$work/$1.yaml" --root "$work" --quiet --output "json=$work/$1.json" > /dev/null
    python3 -c 'import json, sys
budget = json.load(open(sys.argv[1]))["budgets"][0]
print(round(next(m["median"] for m in budget["metrics"] if m["metric"] == "wall") * 1e9))' "$work/$1.json"
}
median() { sort -n | awk '{ a[NR] = $1 } END { print a[int((NR + 1) / 2)] }'; }

for ((i = 0; i < rounds; i++)); do
    "${pinned[@]}" "$work/bare" spawn "$runs" "$program" >> "$work/bare.times"
    for name in time memory; do reported "$name" >> "$work/$name.times"; done
done
bare=$(median < "$work/bare.times")
allowed=$((10000 + bare / 1000))
over=0
echo "bare: $bare ns (median of $rounds rounds of $runs runs of $program)"
for name in time memory; do
    [ "$(wc -l < "$work/$name.times")" = "$rounds" ] || { echo "$name: no median in the report" >&2; exit 2; }
    got=$(median < "$work/$name.times")
    added=$((got - bare))
    verdict=ok
    [ "$added" -le "$allowed" ] || { verdict=OVER; over=1; }
    echo "$name: $got ns, $added ns added (allowed $allowed): $verdict"
done
exit $over
