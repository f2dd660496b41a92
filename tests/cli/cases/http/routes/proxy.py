"""A proxy for tests: absolute-form requests and CONNECT tunnels, each told of in proxy.log."""
import http.server
import select
import socket
import socketserver
import urllib.request


class Proxy(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def seen(self):
        with open("proxy.log", "a", encoding="ascii") as log:
            log.write(f"{self.command} {self.path}\n")

    def do_GET(self):
        self.seen()
        body = urllib.request.urlopen(self.path).read()
        self.send_response(200)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_CONNECT(self):
        self.seen()
        host, port = self.path.rsplit(":", 1)
        far = socket.create_connection((host, int(port)))
        self.send_response(200)
        self.end_headers()
        ends = {self.connection: far, far: self.connection}
        while True:
            for end in select.select(list(ends), [], [])[0]:
                data = end.recv(65536)
                if not data:
                    far.close()
                    self.close_connection = True
                    return
                ends[end].sendall(data)


class Server(socketserver.ThreadingMixIn, http.server.HTTPServer):
    daemon_threads = True


server = Server(("127.0.0.1", 0), Proxy)
with open("proxy.port", "w", encoding="ascii") as out:
    out.write(str(server.server_address[1]))
with open("proxy.ready", "w", encoding="ascii"):
    pass
server.serve_forever()
