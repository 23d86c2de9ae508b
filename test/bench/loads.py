"""Reads the document on standard input again and again for some seconds; prints times a second of processor time."""

import sys
import time
import xmlrpc.client

seconds = float(sys.argv[1])
document = sys.stdin.buffer.read().decode()
times = 0
start = time.process_time()
while time.process_time() - start < seconds:
    for _ in range(20):
        xmlrpc.client.loads(document)
    times += 20
print(times / (time.process_time() - start))
