#!/usr/bin/python3
"""A client for tests:   get.py URL [COUNT]: so many requests, one after another; all must be answered."""
import sys
import urllib.request

opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
for _ in range(int(sys.argv[2]) if len(sys.argv) > 2 else 1):
    opener.open(sys.argv[1], timeout=30).read()
