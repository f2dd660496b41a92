import copy
import json
import os
import subprocess
import sys

sys.path.insert(0, os.environ["REPO"] + "/tests/cli")
import format_checks

PROGRAM = os.environ["PERFBUDGET"]
HOSTILE = {
    "escape codes": "\x1b[31mred\x1b]0;title\x07\x1b[2J\x9b31m",
    "bidi": "a\u202eb\u2066c\u200bd\ufeffe\u061cf",
    "NUL and control": "a\x00b\x08c\x7fd\x85e\x0bf",
    "line ends": "a\r\n::error::x\n##[error]y\r::warning::z",
    "workflow command": "::set-env name=PATH::/evil",
    "workflow command behind blanks": " \u3000 ::stop-commands::token",
    "encoded workflow command": "a%0A::set-output name=x::y%25",
    "azure, teamcity, old github": "##vso[task.complete]##teamcity[buildStop]##[add-mask]x",
    "gitlab section": "\x1b[0Ksection_start:0:x\r\x1b[0Kheader",
    "formula": "=cmd|' /C calc'!A0",
    "formula behind blanks and quotes": " '\"@SUM(1+1)*cmd|x",
    "formulas with +, -": "+1+1,-2+3;=HYPERLINK(\"http://x\")",
    "wide formula": "＝1+1",
    "csv": "a\",\"b\"\r\n=x;y,'z",
    "html": "<script>alert(1)</script><img src=x onerror=alert(1)>\" onload=\"x' onload='y",
    "html end tags": "</code></details></summary></table><!-- x --><a href='javascript:x'>",
    "xml": "]]></failure><failure message=\"x\"><![CDATA[&bogus;&#0;\ufffe\uffff",
    "markdown link": "[text](http://evil.example) ![i](http://tracker.example/x.png) <http://x.example>",
    "markdown reference": "[x]: http://evil.example \"t\"\n\n[x] [x][x]",
    "markdown table": "a | b | c\n| --- | --- |\n\n# heading\n- item\n```\ncode",
    "markdown emphasis": "**b** _i_ ~~s~~ `c` ``d ` e`` \\ &amp; &lt; * 1. x",
    "backticks": "``` ` `` |` @x",
    "mentions": "@everyone @org/team #1 !2 $3 %4 ~l &5 ^6 GH-7 org/repo#8 :tada: a@b.example",
    "bare links": "http://evil.example https://e.example www.evil.example HTTP://X.example ftp://x.example",
    "sarif": "[a](1) {0} {{1}} \\[b\\](2)",
    "yaml": "\"\\\" # SKIP\n  ...\nok 99 - x\nBail out! y",
    "tap": "x # SKIP # TODO \\# SKIP\\\\# SKIP",
    "openmetrics": "a\"} 1\n# EOF\nevil{x=\"y\"} 2 #c \\",
    "shell": "$(touch x) `touch x`; ' \" \\",
    "invalid utf-8": "a\ud800b\udcffc",
    "separators": "a\u2028b\u2029c",
    "long": "x" * 5000 + "[y](z)",
    "empty": "",
}
# Members that are words of ours or numbers as text: the reader refuses a report in which they are not.
OURS = {"schema", "unit", "better", "nature", "fold", "severity", "on_inconclusive", "verdict", "effect", "kind",
        "operator", "statistic", "state", "level", "code", "until", "test", "started_at", "sha256", "compared",
        "basis", "probe", "derive", "limit", "metric", "bound", "written", "of", "name"}


def poison(value, hostile, name=""):
    """The report with every text that data can make replaced."""
    if isinstance(value, dict):
        return {key: member if key in OURS else poison(member, hostile, key) for key, member in value.items()}
    if isinstance(value, list):
        return [poison(item, hostile, name) for item in value]
    return hostile if isinstance(value, str) else value


def poisoned(report, hostile):
    made = poison(copy.deepcopy(report), hostile)
    # Labels and ids stay apart from each other. Ids that others lean on stay as they are.
    for number, budget in enumerate(made["budgets"]):
        budget["id"] = report["budgets"][number]["id"]
        if budget["id"] in ("bundle", "legacy", "nightly", "picture"):
            budget["id"] = f"{hostile}{number}"
        for serial, metric in enumerate(budget["metrics"]):
            metric["labels"] = {key: f"{hostile}{serial}" for key in metric["labels"]}
        for limit, before in zip(budget["limits"], report["budgets"][number]["limits"]):
            limit["labels"] = before["labels"]
            limit["pattern"] = before["pattern"]
    return made


with open(os.environ["REPO"] + "/tests/cli/cases/formats/sample.report.json", encoding="utf-8") as file:
    sample = json.load(file)
formats = format_checks.formats(PROGRAM)
print(f"{len(HOSTILE)} strings, {len(formats)} formats")
for name, hostile in HOSTILE.items():
    # As JSON has it: lone surrogates are what its escapes can say and UTF-8 cannot.
    with open("r.json", "w", encoding="ascii") as out:
        json.dump(poisoned(sample, hostile), out)
    words = [PROGRAM, "judge", "r.json", "--quiet", *format_checks.outputs(formats)]
    done = subprocess.run(words, capture_output=True, text=True, timeout=100, check=False)
    if done.returncode not in (3, 1):
        print(f"{name}: exit {done.returncode}: {done.stderr}", end="")
        continue
    for problem in format_checks.refused(formats):
        print(f"{name}, {problem}")
    for form, reader in (("text", format_checks.text), ("markdown", format_checks.markdown),
                         ("json", format_checks.read_json)):
        done = subprocess.run([PROGRAM, "compare", "r.json", "r.json", "--verbose", "--format", form],
                              capture_output=True, timeout=100, check=False)
        try:
            reader(done.stdout.decode("utf-8"))
            format_checks.text(done.stderr.decode("utf-8"))
        except Exception as problem:
            print(f"compare, {name}, {form}: {type(problem).__name__}: {problem}"[:300])
for name in os.listdir("."):
    if name == "x":
        print("a command was run")
