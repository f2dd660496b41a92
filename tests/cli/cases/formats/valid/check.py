import copy
import json
import os
import subprocess
import sys

sys.path.insert(0, os.environ["REPO"] + "/tests/cli")
import format_checks

PROGRAM = os.environ["PERFBUDGET"]
with open(os.environ["REPO"] + "/tests/cli/cases/formats/sample.report.json", encoding="utf-8") as file:
    SAMPLE = json.load(file)


def only(*ids):
    made = copy.deepcopy(SAMPLE)
    made["budgets"] = [budget for budget in made["budgets"] if budget["id"] in ids]
    return made


def met():
    made = only("bundle")
    made["budgets"][0]["limits"] = made["budgets"][0]["limits"][:1]
    return made


def many():
    """500 budgets of which half are broken, with long texts."""
    made = only("optional", "picture")
    first, second = made["budgets"]
    made["budgets"] = []
    for i in range(250):
        for budget, word in ((first, "a"), (second, "b")):
            one = copy.deepcopy(budget)
            one["id"] = f"{word}-{i}"
            one["severity"] = "fail"
            one["why"] = "This is why. " * 200
            made["budgets"].append(one)
    return made


for name, report in (("sample", SAMPLE), ("all met", met()), ("nothing judged", only("nightly")),
                     ("many", many())):
    with open("r.json", "w", encoding="utf-8") as out:
        json.dump(report, out)
    formats = format_checks.formats(PROGRAM)
    words = [PROGRAM, "judge", "r.json", "--quiet", *format_checks.outputs(formats)]
    status = subprocess.run(words, timeout=100, check=False).returncode
    for problem in format_checks.refused(formats):
        print(f"{name}, {problem}")
    with open("markdown.out", encoding="utf-8") as page:
        cut = [line for line in page if line.startswith("**Cut")]
    print(f"{name}: exit {status}, {len(formats)} formats", *cut, sep="\n")
