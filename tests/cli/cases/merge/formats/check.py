import json
import os
import subprocess
import sys

sys.path.insert(0, os.environ["REPO"] + "/tests/cli")
import format_checks

PROGRAM = os.environ["PERFBUDGET"]
with open(os.environ["REPO"] + "/tests/cli/cases/formats/sample.report.json", encoding="utf-8") as file:
    sample = json.load(file)
HALVES = (("search", "render", "speed-up"), ("bundle", "picture", "legacy", "optional", "nightly"))
for number, ids in enumerate(HALVES):
    half = sample | {"budgets": [budget for budget in sample["budgets"] if budget["id"] in ids]}
    half["exit_code"] = (1, 3)[number]
    half["effect"] = ("fail", "error")[number]
    with open(f"{number}.json", "w", encoding="utf-8") as out:
        json.dump(half, out)
formats = format_checks.formats(PROGRAM)
for expected in (2, 3):
    words = [PROGRAM, "merge", "0.json", "1.json", "--quiet", f"--expect={expected}",
             *format_checks.outputs(formats)]
    done = subprocess.run(words, capture_output=True, text=True, timeout=100, check=False)
    print(f"of {expected}: exit {done.returncode}", *done.stderr.splitlines(), sep="\n")
    for problem in format_checks.refused(formats):
        print(problem)
