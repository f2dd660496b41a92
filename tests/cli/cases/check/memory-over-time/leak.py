import sys
import time

rate, kept = int(sys.argv[1]), []
while True:
    kept.append(bytearray(b"x" * (rate // 50)))
    time.sleep(0.02)
