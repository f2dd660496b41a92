#!/usr/bin/env python3
"""The load engine beside wrk, h2load, ab, autocannon and artillery against nginx on this machine:

    tests/bench/load.py BUILD_FOLDER [CASE]... [--rounds N] [--seconds N] [--connections N]... [--peers FOLDER] [--short]

CASEs: plain tls h2c h2 (HTTP/2 in clear text, over TLS); without one, all. BUILD_FOLDER holds a release build: `perfbudget` is the engine
by itself, `perfbudget check` the whole program. The tools take turns,
the server on one core and they on another where there are two. Prints a table in Markdown: processor time a
request of the whole process, connecting included (median, least, most of the rounds), requests a second (best)
and peak memory. autocannon and artillery are those of a folder that they were installed in before:

    PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD=1 npm install --ignore-scripts --prefix FOLDER autocannon artillery

A tool that gives no figure once is not asked again for the same case. With three rounds of three seconds plain and TLS
take about ten minutes, `--short` (one round of two seconds, 64 connections) about one. Needs nginx, wrk, openssl
and time; without them nothing is measured and the status is 77.
"""
import argparse
import json
import os
import pathlib
import platform
import re
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
PORTS = {"plain": 18180, "tls": 18543, "h2c": 18280, "h2": 18643}
SECURE, HTTP2 = ("tls", "h2"), ("h2c", "h2")

NGINX = """daemon off; master_process off; worker_processes 1; error_log {work}/error.log; pid {work}/pid;
events {{ worker_connections 15000; }}
http {{
  access_log off; sendfile off; keepalive_requests 1000000000; keepalive_timeout 600;
  client_body_temp_path {work}/t1; proxy_temp_path {work}/t2; fastcgi_temp_path {work}/t3;
  uwsgi_temp_path {work}/t4; scgi_temp_path {work}/t5;
  server {{ listen 127.0.0.1:{plain} backlog=16384; root {work}/www; }}
  server {{ listen 127.0.0.1:{tls} ssl backlog=16384; ssl_certificate {work}/c.pem;
           ssl_certificate_key {work}/k.pem; root {work}/www; }}
  server {{ listen 127.0.0.1:{h2c} http2 backlog=16384; root {work}/www; }}
  server {{ listen 127.0.0.1:{h2} ssl http2 backlog=16384; ssl_certificate {work}/c.pem;
           ssl_certificate_key {work}/k.pem; root {work}/www; }}
}}
"""


def pinned(core, command):
    return ["taskset", "-c", str(core), *command] if os.cpu_count() > 1 and shutil.which("taskset") else command


def build_client(build, work):
    flags = subprocess.run(["pkg-config", "--libs", "openssl", "libcjson", "libmd", "libxxhash"],
                           capture_output=True, text=True, check=True).stdout.split()
    subprocess.run([os.environ.get("CC", "cc"), "-O2", "-std=gnu17", "-D_GNU_SOURCE", f"-I{ROOT}/include",
                    f"-I{ROOT}/src", "-o", f"{work}/load_bench", f"{HERE}/load_bench.c", f"{build}/libpb_net.a",
                    f"{build}/libpb_base.a", *flags, "-lm", "-lpthread"], check=True)


def start_server(work):
    os.mkdir(f"{work}/www")
    pathlib.Path(f"{work}/www/f").write_text("hello world\n")
    pathlib.Path(f"{work}/nginx.conf").write_text(NGINX.format(work=work, **PORTS))
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
                    "-keyout", f"{work}/k.pem", "-out", f"{work}/c.pem", "-days", "2", "-subj", "/CN=localhost"],
                   check=True, capture_output=True)
    server = subprocess.Popen(pinned(0, ["nginx", "-e", f"{work}/error.log", "-c", f"{work}/nginx.conf"]))
    time.sleep(1)
    if server.poll() is not None:
        raise SystemExit(f"nginx did not start: {pathlib.Path(f'{work}/error.log').read_text()}")
    return server


def url(case):
    return f"http{'s' if case in SECURE else ''}://127.0.0.1:{PORTS[case]}/f"


def ours(work, case, connections, seconds):
    command = [f"{work}/load_bench", url(case), "closed", str(connections), str(seconds), str(connections)]
    return command + ["h2"] * (case in HTTP2)


def check(work, case, connections, seconds):
    """The whole gate: every sample kept, judged and reported."""
    extra = (", insecure: true" if url(case).startswith("https") else "") + (", version: 2" if case in HTTP2 else "")
    pathlib.Path(f"{work}/check.yaml").write_text(
        f"version: 1\nbudgets:\n  load:\n    http: {url(case)}\n    timeout: 30s\n"
        f"    with: {{concurrency: {connections}, duration: {seconds}s{extra}}}\n    limits: {{p95: 30s, errors: 0}}\n")
    return [f"{BUILD}/perfbudget", "check", "--quiet", "--root", work, "--output", f"json={work}/check.json", f"{work}/check.yaml"]


def check_count(work, seconds):
    metrics = json.loads(pathlib.Path(f"{work}/check.json").read_text())["budgets"][0]["metrics"]
    return sum(row["count"] for row in metrics if row["metric"] == "latency"), seconds


def wrk(_, case, connections, seconds):
    return ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", url(case)]


def h2load(_, case, connections, seconds):
    return ["h2load", *["--h1"] * (case not in HTTP2), "-t1", "-m1", f"-c{connections}", "-D", str(seconds), url(case)]


def ab(_, case, connections, seconds):
    return ["ab", "-q", "-k", "-c", str(connections), "-t", str(seconds), "-n", "100000000", url(case)]


def autocannon(work, case, connections, seconds):
    return [f"{PEERS}/autocannon", "-n", "--json", "-c", str(connections), "-d", str(seconds), url(case)]


def artillery(work, case, connections, seconds):
    """Its users come and go: each sends its share of what it is known to manage, over a connection of its own."""
    share = max(1, ARTILLERY_RATE * seconds // connections)
    pathlib.Path(f"{work}/artillery.json").write_text(json.dumps({
        "config": {"target": url(case).removesuffix("/f"), "tls": {"rejectUnauthorized": False},
                   "phases": [{"duration": 1, "arrivalCount": connections}]},
        "scenarios": [{"flow": [{"loop": [{"get": {"url": "/f"}}], "count": share}]}]}))
    return [f"{PEERS}/artillery", "run", "--quiet", "--output", f"{work}/artillery.out.json", f"{work}/artillery.json"]


def artillery_count(work, _):
    """Requests answered, and the seconds between the first and the last."""
    whole = json.loads(pathlib.Path(f"{work}/artillery.out.json").read_text())["aggregate"]
    return whole["counters"].get("http.codes.200", 0), max((whole["lastMetricAt"] - whole["firstMetricAt"]) / 1000, 0.1)


BUILD = ""  # folder of the release build
PEERS = ""  # folder of the programs that npm installed
ARTILLERY_RATE = 2000  # requests a second that it manages, about
PATIENCE = 40  # seconds until a tool that does not end gives no figure

OURS = ("perfbudget", "perfbudget check")
TOOLS = {  # how it is called, and where it says how many requests were answered
    "perfbudget": (ours, r"requests=(\d+)"),
    "perfbudget check": (check, check_count),
    "wrk": (wrk, r"(\d+) requests in"),
    "h2load": (h2load, r"requests: \d+ total, \d+ started, (\d+) done"),
    "ab": (ab, r"Complete requests:\s+(\d+)"),
    "autocannon": (autocannon, r'"2xx":\s*(\d+)'),
    "artillery": (artillery, artillery_count),
}


def measure(name, work, case, connections, seconds):
    """(CPU microseconds a request, requests a second, peak KiB, text); None when it gave no figure."""
    command, pattern = TOOLS[name]
    if case in HTTP2 and name not in (*OURS, "h2load"):
        return None
    timed = ["/usr/bin/time", "-o", f"{work}/time", "-f", "%U %S %M"]
    environment = {**os.environ, "NODE_TLS_REJECT_UNAUTHORIZED": "0", "ARTILLERY_DISABLE_TELEMETRY": "true"}
    try:
        done = subprocess.run(timed + pinned(1, command(work, case, connections, seconds)), capture_output=True,
                              text=True, timeout=PATIENCE, env=environment)
    except subprocess.TimeoutExpired:
        return None
    if callable(pattern):
        if done.returncode:
            return None
        requests, seconds = pattern(work, seconds)
    else:
        found = re.search(pattern, done.stdout)
        requests = int(found[1]) if found else 0
    if requests == 0:
        return None
    user, system, peak = pathlib.Path(f"{work}/time").read_text().split("\n")[-2].split()
    if name == "perfbudget" and "faults=0 " not in done.stdout:
        print(f"faults: {done.stdout}", file=sys.stderr)
    return (float(user) + float(system)) * 1e6 / requests, requests / seconds, int(peak), done.stdout


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("build")
    parser.add_argument("cases", nargs="*", default=list(PORTS))
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=int, default=3)
    parser.add_argument("--connections", type=int, action="append")
    parser.add_argument("--peers", default="", help="where npm installed autocannon and artillery")
    parser.add_argument("--short", action="store_true")
    options = parser.parse_args()
    if options.short:
        options.rounds, options.seconds, options.connections = 1, 2, options.connections or [64]
    global BUILD, PEERS
    BUILD = os.path.abspath(options.build)
    PEERS = os.path.abspath(f"{options.peers}/node_modules/.bin") if options.peers else ""
    if any(not shutil.which(tool) for tool in ("nginx", "wrk", "openssl")) or not os.path.exists("/usr/bin/time"):
        print("nginx, wrk, openssl and time are needed", file=sys.stderr)
        sys.exit(77)
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    tools = [name for name in TOOLS if name in OURS or shutil.which(f"{PEERS}/{name}") or
             (name not in ("autocannon", "artillery") and shutil.which(name))]
    with tempfile.TemporaryDirectory() as work:
        build_client(BUILD, work)
        server = start_server(work)
        try:
            report(work, tools, options)
        finally:
            server.terminate()
            server.wait()


def version(name):
    """"wrk 4.1.0"."""
    if name in OURS:
        return name
    flags = {"wrk": "-v", "ab": "-V"}
    program = f"{PEERS}/{name}" if name in ("autocannon", "artillery") else name
    done = subprocess.run([program, flags.get(name, "--version")], capture_output=True, text=True, check=False,
                          env={**os.environ, "ARTILLERY_DISABLE_TELEMETRY": "true"})
    found = re.search(r"\d+\.\d+(\.\d+)?", done.stdout + done.stderr)
    return f"{name} {found[0] if found else '?'}"


def report(work, tools, options):
    print(f"{platform.machine()}, {os.cpu_count()} cores, Linux {platform.release()}, load {os.getloadavg()[0]:.1f} at the "
          f"beginning; {options.rounds} rounds of {options.seconds} s\n")
    print(", ".join(version(name) for name in tools) + "\n")
    print("| case | connections | tool | CPU us/request: median [least-most] | requests/s, best | peak MiB | rounds |")
    print("| --- | --- | --- | --- | --- | --- | --- |")
    for case in options.cases:
        for connections in options.connections or [64, 10000]:
            results = {name: [] for name in tools}
            asked = list(tools)
            for number in range(options.rounds):
                for name in list(asked if number % 2 else reversed(asked)):
                    result = measure(name, work, case, connections, options.seconds)
                    if result:
                        results[name].append(result)
                    else:
                        asked.remove(name)
            for name, rows in results.items():
                if rows or case not in HTTP2 or name in (*OURS, "h2load"):
                    show(case, connections, name, rows)
    print(f"\nload {os.getloadavg()[0]:.1f} at the end")


def show(case, connections, name, rows):
    if not rows:
        print(f"| {case} | {connections} | {name} | no figure | - | - | 0 |")
        return
    cpu = [row[0] for row in rows]
    print(f"| {case} | {connections} | {name} | {statistics.median(cpu):.2f} [{min(cpu):.2f}-{max(cpu):.2f}] | "
          f"{max(row[1] for row in rows):.0f} | {max(row[2] for row in rows) / 1024:.1f} | {len(rows)} |", flush=True)


if __name__ == "__main__":
    main()
