"""Python's xmlrpc.client: a whole acquaintance with the gateway at the URL given, told as JSON."""

import hashlib
import json
import sys
import xmlrpc.client


def site(**headers):
    named = [(name.replace("_", "-"), value) for name, value in headers.items()]
    return xmlrpc.client.ServerProxy(sys.argv[1], headers=named).LJ.XMLRPC


server = site()


def md5(text):
    return hashlib.md5(text.encode()).hexdigest()


def by_challenge(**more):
    challenge = server.getchallenge()["challenge"]
    return {
        "username": "test",
        "auth_method": "challenge",
        "auth_challenge": challenge,
        "auth_response": md5(challenge + md5("test")),
        "ver": 1,
        **more,
    }


def attempt(method, arguments):
    try:
        return method(arguments)
    except xmlrpc.client.Fault as fault:
        return {"faultCode": fault.faultCode, "faultString": fault.faultString}


def by_cookie(session):
    browser = site(X_LJ_Auth="cookie", Cookie="ljsession=" + session["ljsession"])
    return attempt(browser.login, {"username": "test", "auth_method": "cookie", "ver": 1})


seen = {"getchallenge": server.getchallenge()}
wishes = {"getmoods": 0, "getmenus": 1, "getpickws": 1, "getpickwurls": 1, "getcaps": 1}
seen["login"] = server.login(by_challenge(**wishes))
seen["unicode"] = server.login({"username": "demo_unicode", "password": "demo", "ver": 1})
first = seen["sessiongenerate"] = server.sessiongenerate(by_challenge(expiration="long"))
second = server.sessiongenerate(by_challenge())
seen["alive"] = by_cookie(first)
one = [int(first["ljsession"].split(":")[2])]
seen["expire"] = server.sessionexpire(by_challenge(expire=one))
seen["expired"] = by_cookie(first)
seen["spared"] = by_cookie(second)
seen["expireall"] = server.sessionexpire(by_challenge(expireall=True))
seen["expiredToo"] = by_cookie(second)
seen["wrong"] = attempt(server.login, {"username": "test", "password": "wrong", "ver": 1})
print(json.dumps(seen))
