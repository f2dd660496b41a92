#!/usr/bin/python3
"""What authors see in VS Code's YAML extension, by asking the language server behind it:

    tests/ci/language_server.py SERVER SCHEMA FOLDER

SERVER is the program of npm's yaml-language-server, SCHEMA what `perfbudget schema` prints, and budget files are
opened in FOLDER (they name the schema in their first line, as docs/editors.md says). Speaks LSP over stdio.
"""
import json
import pathlib
import signal
import subprocess
import sys

server, schema, folder = sys.argv[1], pathlib.Path(sys.argv[2]), pathlib.Path(sys.argv[3]).resolve()
MODELINE = "# yaml-language-server: $schema=budget.schema.json\n"
BUDGET = "version: 1\nbudgets:\n  a:\n"


class Server:
    def __init__(self):
        self.process = subprocess.Popen([server, "--stdio"], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.asked, self.opened, self.found = 0, 0, {}
        self.ask("initialize", processId=None, rootUri=folder.as_uri(), workspaceFolders=None, capabilities={
            "workspace": {"configuration": True},
            "textDocument": {"completion": {"completionItem": {"snippetSupport": True}}, "hover": {"contentFormat": ["plaintext"]}}})
        self.send(method="initialized", params={})

    def send(self, **message):
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        self.process.stdin.write(b"Content-Length: %d\r\n\r\n" % len(body) + body)
        self.process.stdin.flush()

    def receive(self):
        """The next message, its questions answered: no schema but the file's own, nothing fetched."""
        length = 0
        while line := self.process.stdout.readline().strip():
            if line.lower().startswith(b"content-length:"):
                length = int(line.split(b":")[1])
        message = json.loads(self.process.stdout.read(length))
        if message.get("method") == "textDocument/publishDiagnostics":
            self.found[message["params"]["uri"]] = message["params"]["diagnostics"]
        elif message.get("method") == "workspace/configuration":
            settings = {"validate": True, "hover": True, "completion": True, "schemaStore": {"enable": False}}
            self.send(id=message["id"], result=[settings if item.get("section") == "yaml" else {}
                                                for item in message["params"]["items"]])
        elif "method" in message and "id" in message:
            self.send(id=message["id"], result=None)
        return message

    def ask(self, method, **params):
        self.asked += 1
        self.send(id=self.asked, method=method, params=params)
        while True:
            message = self.receive()
            if message.get("id") == self.asked and "method" not in message:
                return message.get("result")

    def open(self, text):
        """A file with the text; `|` is where the cursor stands. Its address, and the place."""
        self.opened += 1
        text = MODELINE + text
        before = text.partition("|")[0]
        uri = (folder / f"perfbudget-{self.opened}.yaml").as_uri()
        self.send(method="textDocument/didOpen", params={"textDocument": {
            "uri": uri, "languageId": "yaml", "version": 1, "text": text.replace("|", "", 1)}})
        return {"textDocument": {"uri": uri},
                "position": {"line": before.count("\n"), "character": len(before) - before.rfind("\n") - 1}}

    def complete(self, text):
        items = self.ask("textDocument/completion", **self.open(text))
        items = items["items"] if isinstance(items, dict) else items
        said = {}
        for item in items:
            words = item.get("documentation") or ""
            said[item["label"]] = (item.get("insertText") or "", words["value"] if isinstance(words, dict) else words)
        return said

    def hover(self, text):
        contents = (self.ask("textDocument/hover", **self.open(text)) or {}).get("contents", "")
        return contents["value"] if isinstance(contents, dict) else contents

    def mistakes(self, text):
        uri = self.open(text + "|")["textDocument"]["uri"]
        while uri not in self.found:
            self.receive()
        return [(item["range"]["start"]["line"], item["message"]) for item in self.found[uri]]


def inside(*lines):
    return BUDGET + "".join(f"    {line}\n" for line in lines)


(folder / "budget.schema.json").write_bytes(schema.read_bytes())
signal.alarm(120)  # a server that does not answer is a failure
editor = Server()
problems = []


def check(good, what, found):
    if not good:
        problems.append(f"{what}: {found}")


# What is offered, what is inserted, and that each comes with its help.
for where, wanted in (
        ("|", {"version": "version: ", "budgets": "budgets:", "servers": "servers:", "profiles": "profiles:"}),
        (inside("|"), {"size": "size:", "wasm": "wasm:", "command": "command:", "http": "http:", "limits": "limits:",
                       "why": "why: ", "waiver": "until:", "time_limit": "60s"}),
        (inside("size: a", "limits:", "  |"), {"raw": "raw:", "gzip": "gzip:", "brotli": "brotli:"}),
        (inside("command: a", "limits:", "  |"), {"wall": "wall:", "p95": "p95:", "peak_rss": "peak_rss:", "median": "median:"}),
        (inside("wasm: a", "limits:", "  |"), {"section": "section:", "memory_maximum": "memory_maximum:"}),
        (inside("command: a", "limits:", "  p95:", "    |"), {"max": "500ms", "regression": "5%", "warn": "warn: "}),
        (inside("command: a", "with:", "  |"), {"warmup": "warmup: ", "prepare": "prepare:", "metrics": "metrics:"}),
        (inside("http: a", "with:", "  |"), {"rate": "rate: ", "phases": "phases:", "late": "5ms"}),
        (inside("size: a", "severity: |"), {"fail": "fail", "warn": "warn"}),
        ("version: 1\nservers:\n  api:\n    |", {"command": "command:", "ready": "ready: "})):
    offered = editor.complete(where)
    for label, text in wanted.items():
        if label not in offered:
            problems.append(f"{where!r} does not offer {label}, but {sorted(offered)}")
            continue
        check(text in offered[label][0], f"{where!r}: {label} inserts", repr(offered[label][0]))
        check(len(offered[label][1]) > 15, f"{where!r}: {label} has no help", repr(offered[label][1]))
check("raw" not in editor.complete(inside("command: a", "limits:", "  |")), "a command is offered a metric of files", "raw")

# What is said of the word under the cursor.
for where, wanted in (
        ("ver|sion: 1\n", "version of the format"),
        (inside("si|ze: a"), "gzip, brotli and zstd"),
        (inside("size: a", "wh|y: b"), "shown when one is broken"),
        (inside("command: a", "with:", "  she|ll: true"), "/bin/sh -c"),
        (inside("command: a", "limits:", "  p9|5: 1s"), "95 % of the samples"),
        (inside("command: a", "limits:", "  peak_rss.m|ax: 1MB"), "Most resident memory"),
        (inside("size: a", "limits:", "  gz|ip: 1MB"), "zlib level 9"),
        (inside("size: a", "limits:", "  gzip: {max: 1MB, regr|ession: 5%}"), "worse than the baseline"),
        (inside("size: a", "limits: {gzip: 1MB}", "waiver:", "  unt|il: 2027-01-01"), "last day")):
    said = editor.hover(where)
    check(wanted in said, f"{where!r} says", repr(said))

# Mistakes, each at its line; and none where there is none.
for text, line, wanted in (
        (inside("size: a", "limts: {raw: 1}"), 5, "limts"),
        (inside("size: a", "with: {strp: a}", "limits: {raw: 1}"), 5, "strp"),
        (inside("size: a", "severity: bad", "limits: {raw: 1}"), 5, "fail"),
        (inside("size: a", "limits: {raw: {mx: 1}}"), 5, "mx"),
        (inside("size: a", "limits: {raw: 5 parsecs a day}"), 5, "pattern"),
        (inside("size: a", "command: b", "limits: {raw: 1}"), 4, ""),
        ("budgets: {a: {size: x, limits: {raw: 1}}}\n", 1, "version")):
    found = editor.mistakes(text)
    check(any(at == line and wanted in message for at, message in found), f"{text!r} at line {line}", found)
root = pathlib.Path(__file__).resolve().parents[2]
for path in sorted([*root.glob("budgets/*.yaml"), *root.glob("examples/*/*.yaml")]):
    found = editor.mistakes(path.read_text())
    check(not found, f"{path.name} is good", found)

editor.process.kill()
print("\n".join(problems))
sys.exit(bool(problems))
