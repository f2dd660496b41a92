#!/usr/bin/env python3
"""What the load engine says of a server with known delays, beside the server's own record of each answer:

    tests/bench/load_truth.py BUILD_FOLDER [--seconds N] [--rate N] [--rounds N]

BUILD_FOLDER holds libpb_net.a and test_server. Open model, latency from the scheduled send time; the server
counts from the moment the request reached the kernel to the last byte written. Prints a table in Markdown with
both sides' p50, p95 and p99 in milliseconds, the difference as a share of its allowance (2 % + 100 us), and how
late requests were begun (p50 and p99 in microseconds).
"""
import argparse
import os
import pathlib
import platform
import re
import subprocess
import tempfile
import urllib.request

from load import build_client, pinned

SHARES = (50, 95, 99)


def quantiles(values):
    values = sorted(values)
    return [values[int(share / 100 * (len(values) - 1))] for share in SHARES]


def one(work, port, model, options):
    done = subprocess.run(pinned(1, [f"{work}/load_bench", f"http://127.0.0.1:{port}/model/{model}", "open",
                                     str(options.rate), "2000", str(options.seconds), "300"]),
                          capture_output=True, text=True, check=True)
    found = dict(re.findall(r"(\w+)=([\d.]+)", done.stdout))
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/record") as answer:
        record = [int(line) / 1e9 for line in answer.read().split()]
    return found, record


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("build")
    parser.add_argument("--seconds", type=int, default=5)
    parser.add_argument("--rate", type=int, default=1000)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    build = os.path.abspath(options.build)
    print(f"{platform.machine()}, {os.cpu_count()} cores, Linux {platform.release()}, load {os.getloadavg()[0]:.1f} at the "
          f"beginning; {options.rate}/s for {options.seconds} s\n")
    print("| server | requests | p50 ms: engine, server | p95 | p99 | difference / allowance: p50, p95, p99 | begun late us: "
          "p50, p99 |")
    print("| --- | --- | --- | --- | --- | --- | --- |")
    with tempfile.TemporaryDirectory() as work:
        build_client(build, work)
        server = subprocess.Popen(pinned(0, [f"{build}/test_server", "--seconds", "600"]), stdin=subprocess.PIPE,
                                  stdout=subprocess.PIPE, text=True)
        port = int(server.stdout.readline().split()[1])
        for model in ("tail", "stall", "exp"):
            for _ in range(options.rounds):
                found, record = one(work, port, model, options)
                show(model, found, record)
        server.stdin.close()
        server.wait()
    print(f"\nload {os.getloadavg()[0]:.1f} at the end")


def show(model, found, record):
    engine = [float(found[f"p{share}"]) / 1e6 for share in SHARES]
    server = quantiles(record)
    pairs = " | ".join(f"{ours * 1e3:.3f}, {theirs * 1e3:.3f}" for ours, theirs in zip(engine, server))
    shares = ", ".join(f"{(ours - theirs) / (0.02 * theirs + 100e-6):+.2f}" for ours, theirs in zip(engine, server))
    print(f"| {model} | {found['requests']}, {len(record)} | {pairs} | {shares} | {found['delay_p50']}, "
          f"{found['delay_p99']} |", flush=True)


if __name__ == "__main__":
    main()
