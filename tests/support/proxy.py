"""A proxy for tests, on 127.0.0.1:   proxy.py NAME [--tls CERTIFICATE KEY] [--login USER:PASSWORD]

Speaks HTTP (absolute form and CONNECT) and SOCKS5, told apart by the first byte, over TLS with --tls. Writes its
port to NAME.port, and a line to NAME.log for each request: what was asked, and the user who asked. With --login it
serves that user alone.
"""
import argparse
import base64
import os
import select
import socket
import socketserver
import ssl
import struct
import urllib.request

parser = argparse.ArgumentParser()
parser.add_argument("name")
parser.add_argument("--tls", nargs=2)
parser.add_argument("--login")
options = parser.parse_args()


def log(line):
    with open(options.name + ".log", "a", encoding="utf-8") as out:
        out.write(line + "\n")


class Proxy(socketserver.BaseRequestHandler):
    def setup(self):
        if options.tls:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(*options.tls)
            self.request = context.wrap_socket(self.request, server_side=True)

    def take(self, size):
        data = b""
        while len(data) < size:
            part = self.request.recv(size - len(data))
            if not part:
                raise EOFError
            data += part
        return data

    def handle(self):
        try:
            while True:
                first = self.take(1)
                if first == b"\x05":
                    return self.socks()
                if not self.http(first):
                    return None
        except (EOFError, OSError):
            return None

    def carry(self, host, port):
        far = socket.create_connection((host, port))
        ends = {self.request: far, far: self.request}
        while True:
            for end in [self.request] if self.waiting() else select.select(list(ends), [], [])[0]:
                data = end.recv(65536)
                if not data:
                    return far.close()
                ends[end].sendall(data)

    def waiting(self):
        return options.tls and self.request.pending() > 0

    def http(self, head):
        while not head.endswith(b"\r\n\r\n"):
            head += self.take(1)
        lines = head.decode("latin-1").split("\r\n")
        method, target = lines[0].split(" ")[:2]
        headers = dict(line.lower().split(": ", 1) for line in lines[1:] if ": " in line)
        written = {line.split(": ", 1)[0].lower(): line.split(": ", 1)[1] for line in lines[1:] if ": " in line}
        kind, _, value = written.get("proxy-authorization", "").partition(" ")
        user = base64.b64decode(value).decode() if kind == "Basic" else ""
        log(f"{method} {target} {user.split(':')[0] or '-'}")
        if options.login and user != options.login:
            self.request.sendall(b"HTTP/1.1 407 Proxy Authentication Required\r\ncontent-length: 0\r\n\r\n")
            return False
        if method == "CONNECT":
            self.request.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
            host, port = target.rsplit(":", 1)
            self.carry(host, int(port))
            return False
        body = urllib.request.urlopen(target).read()
        self.request.sendall(b"HTTP/1.1 200 OK\r\ncontent-length: %d\r\n\r\n" % len(body) + body)
        return "close" not in headers.get("connection", "")

    def socks(self):
        methods = self.take(self.take(1)[0])
        user = "-"
        if options.login and 2 not in methods:
            return self.request.sendall(b"\x05\xff")
        if options.login:
            self.request.sendall(b"\x05\x02")
            self.take(1)
            user = self.take(self.take(1)[0]).decode()
            password = self.take(self.take(1)[0]).decode()
            good = f"{user}:{password}" == options.login
            self.request.sendall(b"\x01" + bytes([not good]))
            if not good:
                return log(f"SOCKS refused {user}")
        else:
            self.request.sendall(b"\x05\x00")
        _, command, _, kind = self.take(4)
        if kind == 3:
            host = self.take(self.take(1)[0]).decode()
        else:
            family = socket.AF_INET if kind == 1 else socket.AF_INET6
            host = socket.inet_ntop(family, self.take(4 if kind == 1 else 16))
        port = struct.unpack(">H", self.take(2))[0]
        log(f"SOCKS {command} {'name' if kind == 3 else 'address'} {host}:{port} {user}")
        try:
            socket.create_connection((host, port)).close()
        except OSError:
            return self.request.sendall(b"\x05\x05\x00\x01\0\0\0\0\0\0")
        self.request.sendall(b"\x05\x00\x00\x03\x04here\0\1")
        return self.carry(host, port)


class Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    request_queue_size = 64

    def handle_error(self, *_):
        pass


server = Server(("127.0.0.1", 0), Proxy)
with open(options.name + ".port.new", "w", encoding="ascii") as out:
    out.write(str(server.server_address[1]))
os.rename(options.name + ".port.new", options.name + ".port")
server.serve_forever()
