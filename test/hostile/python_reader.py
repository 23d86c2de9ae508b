"""Reads XML-RPC with expat and xmlrpc.client: a JSON line with a question in, a JSON line with the answer out.

{"read": base64}: whether expat takes the document, and what xmlrpc.client makes of it.
{"write": [name, value]}: the document that xmlrpc.client sends for a call.
"""
import base64
import json
import sys
import xmlrpc.client
from xml.parsers import expat


def well_formed(document):
    try:
        expat.ParserCreate().Parse(document, True)
        return True
    except (expat.ExpatError, LookupError, ValueError):
        return False


def tagged(value):
    if value is None:
        return ["nil"]
    if isinstance(value, bool):
        return ["boolean", str(int(value))]
    if isinstance(value, int):
        return ["int", str(value)]
    if isinstance(value, float):
        return ["double", repr(value)]
    if isinstance(value, xmlrpc.client.Binary):
        return ["base64", base64.b64encode(value.data).decode()]
    if isinstance(value, xmlrpc.client.DateTime):
        return ["date", value.value]
    if isinstance(value, (list, tuple)):
        return ["array", [tagged(item) for item in value]]
    if isinstance(value, dict):
        return ["struct", [[name, tagged(item)] for name, item in value.items()]]
    return ["string", str(value)]


def untagged(value):
    kind, *rest = value
    if kind == "nil":
        return None
    [inner] = rest
    if kind == "array":
        return [untagged(item) for item in inner]
    if kind == "struct":
        return {name: untagged(item) for name, item in inner}
    if kind == "base64":
        return xmlrpc.client.Binary(base64.b64decode(inner))
    if kind == "int" and abs(int(inner)) >= 2**31:
        return inner  # xmlrpc.client sends no i8
    readers = {"int": int, "double": float, "boolean": lambda text: text == "1", "date": xmlrpc.client.DateTime}
    return readers.get(kind, str)(inner)


def read(document):
    try:
        params, name = xmlrpc.client.loads(document)
        return {"name": name, "params": [tagged(value) for value in params]}
    except Exception as error:
        return {"refused": f"{type(error).__name__}: {error}"}


def answer(question):
    if "write" in question:
        name, value = question["write"]
        return {"document": xmlrpc.client.dumps((untagged(value),), name, allow_none=True)}
    document = base64.b64decode(question["read"])
    return {"wellFormed": well_formed(document), **read(document)}


# A deep document is read by recursion nowhere, but json and tagged() recurse.
sys.setrecursionlimit(10_000)
for line in sys.stdin:
    print(json.dumps(answer(json.loads(line))), flush=True)
