"""The peer made with Python's SimpleXMLRPCServer: the same work in memory. Prints its port."""

import hashlib
import secrets
import time
from xmlrpc.client import Fault
from xmlrpc.server import SimpleXMLRPCRequestHandler, SimpleXMLRPCServer


def md5(text):
    return hashlib.md5(text.encode()).hexdigest()


opened = set()
passwords = {"test": md5("test")}
profile = {
    "userid": 3,
    "fullname": "Test Account",
    "message": 'Welcome to ljgate. This is the message that the account "test" gets at every login.',
    "friendgroups": [
        {"id": 30, "name": "Друзья", "sortorder": 0, "public": 1},
        {"id": 2, "name": "Work", "sortorder": 5, "public": 0},
        {"id": 5, "name": "Book Club", "sortorder": 10, "public": 1},
        {"id": 6, "name": "Café & Crème", "sortorder": 10, "public": 0},
        {"id": 1, "name": "Family", "sortorder": 20, "public": 0},
    ],
    "usejournals": ["demo_community", "news", "test2"],
}


def getchallenge(_call):
    now = int(time.time())
    challenge = f"c0:{now}:60:{secrets.token_hex(20)}"
    opened.add(challenge)
    return {"challenge": challenge, "auth_scheme": "c0", "expire_time": now + 60, "server_time": now}


def login(call):
    challenge = call["auth_challenge"]
    right = md5(challenge + passwords[call["username"]])
    if challenge not in opened or call["auth_response"] != right:
        raise Fault(101, "Invalid password")
    opened.discard(challenge)
    return profile


class Handler(SimpleXMLRPCRequestHandler):
    rpc_paths = ("/interface/xmlrpc",)


class Server(SimpleXMLRPCServer):
    # Five, the default, turns away eight clients that come at once.
    request_queue_size = 128


server = Server(("127.0.0.1", 0), Handler, logRequests=False)
server.register_function(getchallenge, "LJ.XMLRPC.getchallenge")
server.register_function(login, "LJ.XMLRPC.login")
print(server.server_address[1], flush=True)
server.serve_forever()
