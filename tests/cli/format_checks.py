"""Readers of every report format, as strict as those that teams use:    check(format, text)

Each entry of READERS takes the text of a report and fails an assertion, or raises, where its reader would
not take it or where text from data came through as something else. A format without a reader fails, so a
new one gets its own here. Real parsers: expat and xmllint with a schema of JUnit's, cmark-gfm, prove,
prometheus_client, the csv module, jsonschema.
"""
import csv
import html.parser
import io
import json
import pathlib
import re
import shlex
import subprocess
import xml.etree.ElementTree as etree

import jsonschema
from prometheus_client.openmetrics.parser import text_string_to_metric_families

HERE = pathlib.Path(__file__).resolve().parent
REPO = HERE.parents[1]
CONTROL = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]")
# The escape codes of colours would be the program's own; none is asked for here.
COMMAND_ANYWHERE = re.compile(r"##[a-z]*\[")
BROKEN = ("error", "fail", "inconclusive")


def inert(text, commands=True):
    assert not CONTROL.search(text), f"{CONTROL.search(text)!r} came through"
    assert not COMMAND_ANYWHERE.search(text), "a command for a log reader"
    if commands:
        for line in text.split("\n"):
            assert not line.strip().startswith("::"), f"a workflow command: {line[:80]}"


def run(*words, text):
    done = subprocess.run(words, input=text, capture_output=True, text=True, timeout=60, check=False)
    return done.returncode, done.stdout, done.stderr


def strings(value):
    """Every string of a JSON document, names too."""
    if isinstance(value, dict):
        for name, member in value.items():
            yield name
            yield from strings(member)
    elif isinstance(value, list):
        for item in value:
            yield from strings(item)
    elif isinstance(value, str):
        yield value


def read_json(text):
    assert not COMMAND_ANYWHERE.search(text), "a command for a log reader"
    made = json.loads(text, parse_constant=lambda word: 1 / 0)
    for string in strings(made):
        string.encode("utf-8")  # no lone surrogates
    return made


def inert_json(text):
    made = read_json(text)
    for string in strings(made):
        assert not CONTROL.search(string), f"{string!r} came through"
    return made


def text(report):
    inert(report)


def report_json(report):
    made = read_json(report)
    schema = json.loads((REPO / "docs/reference/report.schema.json").read_text())
    jsonschema.validators.validator_for(schema)(schema).validate(made)


JUNIT = {"testsuites": "name tests failures errors time", "failure": "message type", "error": "message type",
         "testsuite": "name tests failures errors time skipped timestamp hostname", "skipped": "message",
         "testcase": "name classname time", "system-out": ""}


def junit(report):
    inert(report)
    status, _, err = run("xmllint", "--noout", "--schema", HERE / "junit.xsd", "-", text=report)
    assert status == 0, err
    root = etree.fromstring(report)
    for element in root.iter():
        assert set(element.attrib) <= set(JUNIT[element.tag].split()), element.attrib
    for suite in [root, *root.findall("testsuite")]:
        cases = list(suite.iter("testcase"))
        assert int(suite.get("tests")) == len(cases)
        for name, found in (("failures", "failure"), ("errors", "error")):
            assert int(suite.get(name)) == sum(case.find(found) is not None for case in cases)


# What the page is built of; no link, image or HTML but the fold's own.
MARKDOWN = {"document", "heading", "text", "paragraph", "softbreak", "list", "item", "strong", "code", "table",
            "table_header", "table_row", "table_cell", "html_block"}
OWN_HTML = re.compile(r"<details><summary>\d+ (more )?limits</summary>\n|</details>\n")
# What the hosts make of plain text, after Markdown is done with.
MENTION = re.compile(r"(?<!\w)@[\w-]|[#!$%~&^][\w\"]|\bGH-\d|:[\w+-]+:|https?://|www\.", re.I)


def markdown(report):
    inert(report)
    assert len(report) <= 65536
    status, out, err = run("cmark-gfm", "-e", "table", "-e", "autolink", "-e", "strikethrough", "-e",
                           "tasklist", "-t", "xml", text=re.sub("[\ufffe\uffff]", "", report))
    assert status == 0, err
    for element in etree.fromstring(out[out.index("<document"):]).iter():
        name = element.tag.split("}")[-1]
        assert name in MARKDOWN, f"Markdown became <{name}>: {element.attrib} {element.text}"
        assert name != "html_block" or OWN_HTML.fullmatch(element.text), element.text
        assert name != "text" or not MENTION.search(element.text or ""), element.text


ANNOTATION = re.compile(r"::(error|warning|notice) ((?:file|line|col|title)=[^:,\r\n]*"
                        r"(?:,(?:file|line|col|title)=[^:,\r\n]*)*)::([^\r\n]*)")


def github(report):
    inert(report, commands=False)
    *annotations, last = report.splitlines()
    assert last.startswith("perfbudget: ") and re.search(r", exit \d+$", last)
    for line in annotations:
        match = ANNOTATION.fullmatch(line)
        assert match, line
        for value in [*match[2].split(","), match[3]]:
            assert re.fullmatch(r"(?:[^%]|%0A|%25|%3A|%2C)*", value), value


def gitlab(report):
    made = inert_json(report)
    assert isinstance(made, list)
    for item in made:
        assert set(item) == {"description", "check_name", "fingerprint", "severity", "location"}
        assert item["severity"] in ("info", "minor", "major", "critical", "blocker")
        assert re.fullmatch("[0-9a-f]{64}", item["fingerprint"])
        assert item["description"] and item["location"]["path"] and item["location"]["lines"]["begin"] >= 1
    assert len({item["fingerprint"] for item in made}) == len(made)


# The part of SARIF 2.1.0 that is written, closed: no member that the standard does not know. The official
# schema is tried by the case formats/sarif-official, where it can be had.
MESSAGE = {"type": "object", "required": ["text"], "additionalProperties": False,
           "properties": {"text": {"type": "string", "minLength": 1}}}
LOCATIONS = {"type": "array", "items": {
    "type": "object", "additionalProperties": False, "properties": {"physicalLocation": {
        "type": "object", "additionalProperties": False, "properties": {
            "artifactLocation": {"type": "object", "additionalProperties": False, "required": ["uri"],
                                 "properties": {"uri": {"pattern": r"^(file:///)?[A-Za-z0-9._~/%-]+$"},
                                                "uriBaseId": {"const": "%SRCROOT%"}}},
            "region": {"type": "object", "additionalProperties": False, "required": ["startLine"],
                       "properties": {"startLine": {"type": "integer", "minimum": 1},
                                      "startColumn": {"type": "integer", "minimum": 1}}}}}}}}
NOTIFICATIONS = {"type": "array", "items": {
    "type": "object", "required": ["message"], "additionalProperties": False, "properties": {
        "message": MESSAGE, "locations": LOCATIONS, "level": {"enum": ["note", "warning", "error"]}}}}
SARIF = {
    "type": "object", "required": ["version", "runs"], "additionalProperties": False, "properties": {
        "$schema": {"type": "string"}, "version": {"const": "2.1.0"},
        "runs": {"type": "array", "minItems": 1, "maxItems": 1, "items": {
            "type": "object", "required": ["tool", "results"], "additionalProperties": False, "properties": {
                "columnKind": {"const": "unicodeCodePoints"},
                "tool": {"type": "object", "additionalProperties": False, "properties": {"driver": {
                    "type": "object", "required": ["name"], "additionalProperties": False, "properties": {
                        "name": {"const": "perfbudget"}, "version": {"type": "string"},
                        "rules": {"type": "array", "uniqueItems": True, "items": {
                            "type": "object", "required": ["id"], "additionalProperties": False,
                            "properties": {
                                "id": {"type": "string"}, "shortDescription": MESSAGE,
                                "fullDescription": MESSAGE, "help": MESSAGE,
                                "properties": {"properties": {"tags": {"type": "array"}}}}}}}}}},
                "invocations": {"type": "array", "items": {
                    "type": "object", "required": ["executionSuccessful"], "additionalProperties": False,
                    "properties": {
                        "executionSuccessful": {"type": "boolean"}, "exitCode": {"type": "integer"},
                        "startTimeUtc": {"type": "string"},
                        "toolExecutionNotifications": NOTIFICATIONS,
                        "toolConfigurationNotifications": NOTIFICATIONS}}},
                "results": {"type": "array", "items": {
                    "type": "object", "required": ["message", "ruleId", "level"],
                    "additionalProperties": False, "properties": {
                        "ruleId": {"type": "string"}, "kind": {"const": "fail"}, "message": MESSAGE,
                        "level": {"enum": ["note", "warning", "error"]}, "locations": LOCATIONS,
                        "partialFingerprints": {"type": "object"},
                        "suppressions": {"type": "array", "items": {
                            "type": "object", "required": ["kind"], "additionalProperties": False,
                            "properties": {"kind": {"const": "external"},
                                           "justification": {"type": "string"}}}}}}}}}}}}


def sarif(report):
    made = inert_json(report)
    jsonschema.Draft7Validator(SARIF).validate(made)
    rules = {rule["id"] for rule in made["runs"][0]["tool"]["driver"]["rules"]}
    for result in made["runs"][0]["results"]:
        assert result["ruleId"] in rules and result["locations"]
        assert not re.search(r"(?<!\\)\]\(", result["message"]["text"]), "a link"


def tap(report):
    inert(report)
    lines = report.splitlines()
    assert lines[0] == "TAP version 14"
    points = [line for line in lines if re.match(r"(not )?ok ", line)]
    assert lines[1] == f"1..{len(points)}"
    for number, line in enumerate(points, 1):
        # No directive but SKIP, and that never on what is broken.
        match = re.fullmatch(r"(not )?ok (\d+) - ((?:[^#\\]|\\.)*)( # SKIP (?:[^#\\]|\\.)*)?", line)
        assert match and int(match[2]) == number and not (match[1] and match[4]), line
    block = False
    for line in lines[2:]:
        assert line in points or line.startswith("  "), line
        block = line == "  ---" or (block and line != "  ...")
        if block and line != "  ---":
            assert re.fullmatch(r'  [a-z]+: (?:"(?:[^"\\]|\\["\\]|\\x23)*"|[-+.e\w]+)', line), line
    # The prove of Debian 12 knows no later version than 13, of which all of this is valid too.
    _, out, _ = run("prove", "--exec", "cat", "/dev/stdin",
                    text=report.replace("TAP version 14", "TAP version 13", 1))
    assert "Parse errors" not in out, out
    assert f"Tests: {len(points)} " in out or f"Tests={len(points)}," in out, out


def csv_rows(report):
    inert(report.replace("\r\n", "\n"))
    assert report.endswith("\r\n") and "\n" not in report.replace("\r\n", "")
    rows = list(csv.reader(io.StringIO(report, newline=""), strict=True))
    assert rows[0][:2] == ["budget", "limit"]
    for row in rows:
        assert len(row) == len(rows[0]), row
        for name, cell in zip(rows[0], row):
            if name in ("bound", "observed", "headroom", "low", "high", "confidence", "baseline", "change",
                        "line"):
                assert row is rows[0] or not cell or re.fullmatch(r"-?[0-9.]+(e[-+]?\d+)?", cell), cell
            else:
                assert not re.match(r"[ '\"]*[=+\-@|\t＝＋－＠]", cell) or cell.startswith("'"), cell


def openmetrics(report):
    inert(report)
    families = list(text_string_to_metric_families(report))
    assert {"perfbudget_exit_code", "perfbudget"} <= {f.name for f in families}
    names = set()
    for line in report.splitlines():  # as GitLab's reader of metrics reports does
        words = shlex.split(re.sub("#.*$", "", line))
        assert len(words) in (0, 2), line
        assert not words or words[0] not in names, "twice the same series"
        names.update(words[:1])
        if words:
            float(words[1])


def tracked(report):
    made = inert_json(report)
    assert isinstance(made, list)
    for item in made:
        assert {"name", "unit", "value"} <= set(item) <= {"name", "unit", "value", "range", "extra"}
        assert isinstance(item["value"], (int, float)) and "`" not in item["name"] and item["unit"]
    assert len({item["name"] for item in made}) == len(made)


def bmf(report):
    for benchmark in inert_json(report).values():
        for name, measure in benchmark.items():
            assert len(name.encode()) <= 64
            assert "value" in measure and set(measure) <= {"value", "lower_value", "upper_value"}
            assert all(isinstance(number, (int, float)) for number in measure.values())


class Page(html.parser.HTMLParser):
    """The words of a page, a block a line; every element closed, and nothing in it that could act or load."""
    VOID = ("meta", "path", "rect")
    BLOCKS = ("h1", "h2", "h3", "tr", "p", "dt", "li", "section", "figcaption", "summary")
    KNOWN = {"html", "head", "meta", "title", "style", "body", "main", "header", "nav", "ul", "li", "a", "h1", "h2", "h3",
             "p", "b", "span", "section", "table", "thead", "tbody", "tr", "th", "td", "dl", "dt", "dd", "figure",
             "figcaption", "div", "details", "summary", "svg", "rect", "path", "g", "text"}
    ATTRIBUTES = {"id", "class", "lang", "charset", "content", "name", "http-equiv", "href", "scope", "role", "d", "x", "y",
                  "width", "height", "viewbox", "fill", "stroke", "stroke-width", "stroke-dasharray", "opacity",
                  "font-size", "preserveaspectratio", "aria-hidden", "aria-label", "aria-labelledby"}

    def __init__(self, text):
        super().__init__()
        self.open, self.ids, self.lines, self.targets, self.line, self.quiet = [], [], [], [], "", 0
        self.feed(text)
        self.flush()
        assert not self.open, f"left open: {self.open}"
        assert len(set(self.ids)) == len(self.ids), "an id stands twice"
        assert all(target[0] == "#" and target[1:] in self.ids for target in self.targets), self.targets

    def handle_starttag(self, tag, attrs):
        assert tag in self.KNOWN, f"an element {tag}"
        for name, value in attrs:
            assert name in self.ATTRIBUTES, f"an attribute {name} of {tag}"
            self.ids += [value] if name == "id" else []
            self.targets += [value] if name == "href" else []
        if tag not in self.VOID:
            self.open.append(tag)
        self.quiet += tag in ("style", "svg")
        if tag in self.BLOCKS:
            self.flush()

    def handle_endtag(self, tag):
        if tag in self.VOID:
            return
        assert self.open and self.open.pop() == tag, f"not balanced at {tag}"
        self.quiet -= tag in ("style", "svg")
        self.line += "  " if tag in ("td", "th", "dt") else ""

    def handle_comment(self, data):
        raise AssertionError(f"a comment: {data}")

    def handle_data(self, data):
        self.line += "" if self.quiet else data

    def flush(self):
        self.lines += [self.line.strip()] if self.line.strip() else []
        self.line = ""


def page(report):
    inert(report)
    assert report.startswith("<!doctype html>\n<html lang=\"en\">")
    style = re.search("<style>(.*?)</style>", report)[1]
    assert not re.search(r"url\(|@import|https?:", style), "the page loads something"
    assert "default-src 'none'; style-src 'unsafe-inline'" in report
    return Page(report).lines


READERS = {"text": text, "json": report_json, "junit": junit, "markdown": markdown, "html": page, "github": github,
           "gitlab": gitlab, "sarif": sarif, "tap": tap, "csv": csv_rows, "openmetrics": openmetrics,
           "smaller-is-better": tracked, "bigger-is-better": tracked, "bmf": bmf}


def formats(program):
    """The formats there are, from the program's own help."""
    help_text = subprocess.run([program, "help", "judge"], capture_output=True, text=True, timeout=60,
                               check=True).stdout
    return re.findall(r"^  ([a-z][a-z-]*) ", help_text.split("\nFormats:\n")[1].split("\n\n")[0], re.M)


def check(name, report):
    READERS[name](report)


def outputs(forms):
    """Options that write a report in every format, each into FORMAT.out."""
    return [f"--output={form}={form}.out" for form in forms]


def refused(forms):
    """What readers have against those files, a line each."""
    for form in forms:
        with open(f"{form}.out", encoding="utf-8", newline="") as made:
            written = made.read()
        try:
            check(form, written)
        except Exception as problem:
            yield f"{form}: {type(problem).__name__}: {problem}"[:300]
