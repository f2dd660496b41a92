#!/usr/bin/python3
"""A server for tests, on 127.0.0.1:   serve.py PORT [WORD...]

It answers /health, and /metrics as Prometheus' text. It counts requests to any other path. Words:
    fork        listens in a grandchild of a session of its own, the process itself only waits
    unready     answers /health with 503
    silent      listens on no port
    die         ends with status 3 at a request to /die
    stubborn    ignores SIGTERM
"""
import http.server
import os
import signal
import sys
import time

port, words = int(sys.argv[1]), set(sys.argv[2:])


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    seen = {}

    def do_GET(self):
        path = self.path.split("?")[0]
        status, body = 200, "ok\n"
        if path == "/die" and "die" in words:
            print("told to die", file=sys.stderr, flush=True)
            os._exit(3)
        if path == "/health":
            status = 503 if "unready" in words else 200
        elif path == "/metrics":
            body = "# TYPE requests_total counter\n" + "".join(
                f'requests_total{{path="{path}"}} {count}\n' for path, count in sorted(self.seen.items()))
        else:
            self.seen[path] = self.seen.get(path, 0) + 1
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body.encode())

    def log_message(self, *_):
        pass


if "stubborn" in words:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
if "fork" in words and os.fork() > 0:
    while True:
        time.sleep(1000)
if "fork" in words:
    os.setsid()
    if os.fork() > 0:
        os._exit(0)
print("starting", file=sys.stderr, flush=True)
if "silent" in words:
    time.sleep(1000)
server = http.server.ThreadingHTTPServer(("127.0.0.1", port), Handler)
print("listening on", port, flush=True)
server.serve_forever()
