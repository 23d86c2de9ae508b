"""Posts ten megabytes to the URL given, twenty times, without waiting; prints the statuses as JSON."""

import http.client
import json
import sys
from urllib.parse import urlsplit

url = urlsplit(sys.argv[1])
statuses = []
for _ in range(20):
    connection = http.client.HTTPConnection(url.hostname, url.port)
    connection.request("POST", url.path, body=b"x" * 10_000_000)
    statuses.append(connection.getresponse().status)
    connection.close()
print(json.dumps(statuses))
