#!/usr/bin/python3
"""The API of comments that GitHub and GitLab have, as far as --post asks it, on 127.0.0.1:   comments_api.py STATE

Prints its port, and ends with its standard input. The folder STATE holds comments.json (a list; kept from request to
request) and log (a line a request, with what became of the token). The first part of a path says how to behave:
    ok          as it should; the token is of user 7
    bot         as for a token of GitHub Actions: /user is 403, comments are by a bot
    status-N    answers everything with N
    deny-N      lists, but answers what writes with N
    text, object, cut      no JSON, no list, half of a document
    huge        never ends
    away        redirects everything to another port
    near        redirects everything to another path
    pages       lists full pages for ever
    echo        answers 500 with the headers that came
"""
import http.server
import json
import os
import sys
import threading

state = sys.argv[1]
lock = threading.Lock()
TOKEN = "t0ken_c4nary"
COMMENT = {"body": "hello", "user": {"id": 8, "type": "User"}, "author": {"id": 8}}


def stored(comments=None):
    path = os.path.join(state, "comments.json")
    if comments is not None:
        json.dump(comments, open(path, "w"))
    return json.load(open(path)) if os.path.exists(path) else []


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log(self, body):
        sent = self.headers.get("Authorization") or self.headers.get("PRIVATE-TOKEN") or ""
        token = "with token" if sent in (f"Bearer {TOKEN}", TOKEN) else "with another" if sent else "without token"
        leaks = " LEAK" if TOKEN in self.path or TOKEN in body else ""
        with lock, open(os.path.join(state, "log"), "a") as log:
            where = "" if self.server.server_port == home.server_port else "ELSEWHERE "
            print(f"{where}{self.command} {self.path} {token}{leaks}", file=log)

    def answer(self, status, body, headers=()):
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(raw)))
        for name, value in headers:
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(raw)

    def fault(self, way):
        """Whether the way is a fault, and it was answered so."""
        if way.startswith("status-"):
            self.answer(int(way[7:]), {"message": "no"})
        elif way.startswith("deny-") and self.command != "GET":
            self.answer(int(way[5:]), {"message": "no"})
        elif way in ("text", "object", "cut") and not self.path.endswith("/user"):
            self.answer(200, {"text": b"<html>", "object": b'{"a": 1}', "cut": b'[{"id": 1, "bo'}[way])
        elif way == "echo":
            self.answer(500, dict(self.headers))
        elif way == "away":
            self.answer(302, b"", [("Location", f"http://127.0.0.1:{other.server_port}/ok/user")])
        elif way == "near":
            self.answer(307, b"", [("Location", "/ok/user")])
        elif way == "pages" and "per_page" in self.path:
            self.answer(200, [dict(COMMENT, id=n) for n in range(1, 51)])
        elif way == "huge" and "per_page" in self.path:
            self.send_response(200)
            self.send_header("Content-Length", str(1 << 40))
            self.end_headers()
            try:
                while True:
                    self.wfile.write(b" " * 65536)
            except OSError:
                self.close_connection = True
        else:
            return False
        return True

    def list(self):
        query = dict(part.split("=") for part in self.path.partition("?")[2].split("&"))
        start = (int(query["page"]) - 1) * int(query["per_page"])
        self.answer(200, stored()[start:start + int(query["per_page"])])

    def write(self, way, body):
        comments = stored()
        text = json.loads(body)["body"]
        if self.command == "POST":
            kind = {"id": 9, "type": "Bot"} if way == "bot" else {"id": 7, "type": "User"}
            comments.append({"id": 100 + len(comments), "body": text, "user": kind, "author": kind})
            stored(comments)
            return self.answer(201, comments[-1])
        number = int(self.path.rpartition("/")[2])
        found = [comment for comment in comments if comment["id"] == number]
        if found:
            found[0]["body"] = text
            stored(comments)
        return self.answer(200 if found else 404, found[0] if found else {})

    def do_GET(self):
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
        self.log(body)
        way = self.path.split("/")[1]
        if self.fault(way):
            return
        if self.path.endswith("/user"):
            self.answer(*((403, {"message": "no"}) if way == "bot" else (200, {"id": 7})))
        elif self.command == "GET":
            self.list()
        else:
            self.write(way, body)

    do_POST = do_PATCH = do_PUT = do_GET

    def log_message(self, *_):
        pass


home, other = (http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) for _ in range(2))
for server in (home, other):
    threading.Thread(target=server.serve_forever, daemon=True).start()
print(home.server_port, flush=True)
sys.stdin.read()
os._exit(0)
