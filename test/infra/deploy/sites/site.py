"""Prints whom the proxy names, or the variable that the query names."""
import sys
from wsgiref.simple_server import make_server


def site(environ, start_response):
    start_response('200 OK', [('Content-Type', 'text/plain')])
    return [environ.get(environ['QUERY_STRING'] or 'HTTP_X_LJ_USER', 'nobody').encode()]


make_server('127.0.0.1', int(sys.argv[1]), site).serve_forever()
