import os
import re
import subprocess
import sys

sys.path.insert(0, os.environ["REPO"] + "/tests/cli")
import format_checks

PROGRAM = os.environ["PERFBUDGET"]
# Of each waiver what a format for people has to say, and one that takes numbers only.
WORDS = {"needed": ["10 days left", "a new font"], "today": ["today is its last day", "a last day"],
         "needless": ["12 days left", "a logo", "not needed any more"], "over": ["20 days ago", "an old index"],
         "over-and-met": ["1 day ago", "trick"]}
NUMBERS = {"needed": '"live"} 10', "today": '"live"} 0', "needless": '"needless"} 12', "over": '"expired"} -20',
           "over-and-met": '"expired"} -1'}
DAYS = {"needed": 10, "today": 0, "needless": 12, "over": -20, "over-and-met": -1}


def written(name):
    done = subprocess.run([PROGRAM, "judge", "r.report.json", "--format", name], capture_output=True, check=False)
    assert done.returncode == 1, (name, done.returncode, done.stderr)
    return done.stdout.decode()


for name in format_checks.formats(PROGRAM):
    text = written(name)
    format_checks.check(name, text)
    if name == "json":
        found = {b["id"]: b["waiver"] for b in format_checks.json.loads(text)["budgets"]}
        missing = [i for i in DAYS if found[i]["days_left"] != DAYS[i] or found[i]["needless"] != (i == "needless")
                   or found[i]["state"] != ("expired" if DAYS[i] < 0 else "live")]
    elif name == "openmetrics":
        missing = [i for i in NUMBERS if f'perfbudget_waiver_left_days{{budget="{i}",state={NUMBERS[i]}\n' not in text]
    elif name in ("bmf", "bigger-is-better"):
        missing = ["it holds numbers of limits only" if name == "bmf" else "no limit is of its kind"]
    else:
        text = re.sub(r"\s+", " ", text)
        missing = [i for i in WORDS if not all(word in text for word in WORDS[i])]
    print(f"{name}: {', '.join(missing) or 'all five'}")
