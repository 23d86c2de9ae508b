/** PROTOCOL §1: paths, verbs and HTTP statuses. */
import { describe, expect, test } from 'vitest';
import { openSite } from '../support/site.ts';
import { callDocument } from '../support/wire.ts';

const site = await openSite();
const form = { method: 'POST', body: 'mode=getchallenge' };
const call = { method: 'POST', body: callDocument('LJ.XMLRPC.getchallenge') };

test.each(['/interface/flat', '/cgi-bin/log.cgi'])('%s is flat', async (path) => {
  const reply = await site.fetch(path, form);
  expect(reply.status).toBe(200);
  expect(await reply.text()).toContain('\nsuccess\nOK\n');
});

test('/interface/xmlrpc is XML-RPC', async () => {
  const reply = await site.fetch('/interface/xmlrpc', call);
  expect(reply.status).toBe(200);
  expect(await reply.text()).toContain('<name>challenge</name>');
});

test.each(['/interface/flat', '/interface/xmlrpc'])(
  'errors on %s are HTTP 200 all the same',
  async (path) => {
    const reply = await site.fetch(path, { method: 'POST', body: 'nonsense' });
    expect(reply.status).toBe(200);
  },
);

test.each([
  '/interface/flat/',
  '/interface/flat.bml',
  '/cgi-bin/log.cgi/',
  '/interface//flat//',
  '/interface/flat%20HTTP/1.0',
  '/interface/flat;x',
  '/interface/flat?x=/y',
])('%s reaches flat: what is behind a path begins with no letter, digit, - or _', async (path) => {
  expect(await (await site.fetch(path, form)).text()).toContain('\nsuccess\nOK\n');
});

test.each(['gzip', 'br', 'deflate', 'x-nonsense'])(
  'a body with Content-Encoding %s is 415, on both wires',
  async (coding) => {
    const headers = { 'Content-Encoding': coding };
    expect((await site.fetch('/interface/flat', { ...form, headers })).status).toBe(415);
    expect((await site.fetch('/interface/xmlrpc', { ...call, headers })).status).toBe(415);
  },
);

test('Content-Encoding identity says that there is none', async () => {
  const headers = { 'Content-Encoding': 'identity' };
  expect((await site.fetch('/interface/flat', { ...form, headers })).status).toBe(200);
});

describe('a POST that a browser sent from another site', () => {
  const guess = { method: 'POST', body: 'mode=login&user=test&password=wrong' };

  test.each([
    { 'Sec-Fetch-Site': 'cross-site' },
    { 'Sec-Fetch-Site': 'same-site' },
    { Origin: 'https://evil.example', Host: 'lj.example' },
    { Origin: 'http://lj.example:8080', Host: 'lj.example' },
  ])('is 403 and counts towards no ban: %j', async (headers) => {
    const own = await openSite();
    for (let i = 0; i < 10; i++) {
      expect((await own.fetch('/interface/flat', { ...guess, headers })).status).toBe(403);
      expect((await own.fetch('/interface/xmlrpc', { ...call, headers })).status).toBe(403);
    }
    expect((await own.call('flat', 'login', { username: 'test', password: 'test' })).ok).toBe(true);
  });

  test.each([
    { 'Sec-Fetch-Site': 'same-origin', Origin: 'https://evil.example' },
    { 'Sec-Fetch-Site': 'none' },
    { Origin: 'https://lj.example', Host: 'LJ.example:443' },
    { Origin: 'http://lj.example', Host: 'lj.example' },
    { Origin: 'null' },
    { Origin: 'chrome-extension://abc' },
    {},
  ])('is not one with %j', async (headers) => {
    expect((await site.fetch('/interface/flat', { ...form, headers })).status).toBe(200);
  });

  test('is no GET: proxies ask /session for people who followed a link', async () => {
    const headers = { 'Sec-Fetch-Site': 'cross-site', Origin: 'https://evil.example' };
    expect((await site.fetch('/session', { headers })).status).toBe(401);
    expect((await site.fetch('/interface/flat', { headers })).status).toBe(200);
  });
});

test.each(['GET', 'PUT', 'DELETE', 'HEAD', 'OPTIONS'])('%s on XML-RPC is 405 with Allow', async (method) => {
  const reply = await site.fetch('/interface/xmlrpc', { method });
  expect(reply.status).toBe(405);
  expect(reply.headers.get('Allow')).toBe('POST');
});

test('a GET on flat is answered like an empty form, whatever its query says', async () => {
  const reply = await site.fetch('/interface/flat?mode=getchallenge');
  expect(reply.status).toBe(200);
  expect(await reply.text()).toBe('errmsg\nClient error: No mode specified.\nsuccess\nFAIL\n');
});

test('other verbs on flat are 405 with Allow', async () => {
  const reply = await site.fetch('/interface/flat', { method: 'PUT', body: 'mode=getchallenge' });
  expect(reply.status).toBe(405);
  expect(reply.headers.get('Allow')).toBe('GET, HEAD, POST');
});

test.each(['/', '/interface', '/interface/flatx', '/interface/xmlrpc-2', '/export_do.bml', '/%00', '/login'])(
  'POST %s is 404: one cross-poster needs that to go on to /interface/xmlrpc',
  async (path) => {
    const reply = await site.fetch(path, call);
    expect(reply.status).toBe(404);
  },
);

test.each([
  ['/interface/flat', 'errmsg\nClient error: Request body is over 262144 bytes.\nsuccess\nFAIL\n'],
  ['/interface/xmlrpc', '<name>faultCode</name><value><int>-32700</int></value>'],
])('a body over the limit on %s is 413, with a refusal in its own protocol', async (path, text) => {
  const reply = await site.fetch(path, { method: 'POST', body: 'x'.repeat(256 * 1024 + 1) });
  expect(reply.status).toBe(413);
  expect(await reply.text()).toContain(text);
});

test('method names are case-sensitive', async () => {
  expect((await site.call('flat', 'Login', { username: 'test' })).why).toBe(
    'Client error: Unknown mode (Login)',
  );
  expect((await site.call('xmlrpc', 'LOGIN', { username: 'test' })).why).toMatch(/^201 /);
});
