"""A site's own code with Python's standard library: copy what you need."""
import json
import os
import sys
import urllib.error
import urllib.parse
import urllib.request

URL = os.environ.get('LJGATE_API_URL', 'http://127.0.0.1:8081/api/v1')
TOKEN = os.environ['LJGATE_TOKEN']


class Problem(Exception):
    """What ljgate says is wrong: `status`, `title`, perhaps `detail` and `faults`."""

    def __init__(self, problem):
        faults = [f"{fault['field']} {fault['rule']}" for fault in problem.get('faults', [])]
        super().__init__('; '.join(faults) or problem.get('detail') or problem['title'])
        self.status = problem['status']


def ask(method, path, body=None):
    request = urllib.request.Request(URL + path, method=method)
    request.add_header('Authorization', f'Bearer {TOKEN}')
    if body is not None:
        request.add_header('Content-Type', 'application/json')
        request.data = json.dumps(body).encode()
    try:
        with urllib.request.urlopen(request, timeout=10) as reply:
            return json.load(reply)
    except urllib.error.HTTPError as error:
        raise Problem(json.load(error)) from None


def account(username):
    return '/accounts/' + urllib.parse.quote(username, safe='')


def register(username, password):
    return ask('POST', '/accounts', {'username': username, 'password': password})


def log_in(username, password, address):
    """The session for the cookie ljsession, or None. `address`: the visitor's, not the site's."""
    body = {'password': password, 'address': address, 'expiration': 'long'}
    return ask('POST', account(username) + '/sessions', body).get('session')


def who_is(session, address):
    """The name of the account, or None."""
    return ask('POST', '/sessions/check', {'session': session, 'address': address}).get('username')


def change_password(username, old, new, address):
    """Whether the old one was right. Every session ends: log the visitor in again."""
    shown = ask('POST', '/verify', {'username': username, 'password': old, 'address': address})
    if shown['verified'] and shown['by'] == 'password':
        ask('PUT', account(username) + '/password', {'password': new})
        return True
    return False


def suspend(username):
    ask('PUT', account(username) + '/status', {'status': 'suspended'})


def remove(username):
    ask('DELETE', account(username))


if __name__ == '__main__':
    try:
        print(globals()[sys.argv[1]](*sys.argv[2:]))
    except Problem as problem:
        sys.exit(f'{problem.status} {problem}')
