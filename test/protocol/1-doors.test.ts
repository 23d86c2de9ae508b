/** PROTOCOL §1: paths, verbs and HTTP statuses. */
import { expect, test } from 'vitest';
import { openSite } from '../support/site.ts';
import { callDocument } from '../support/wire.ts';

const site = await openSite();
const form = { method: 'POST', body: 'mode=getchallenge' };
const call = { method: 'POST', body: callDocument('LJ.XMLRPC.getchallenge') };

test.each(['/interface/flat', '/cgi-bin/log.cgi'])('%s is the flat door', async (path) => {
  const reply = await site.fetch(path, form);
  expect(reply.status).toBe(200);
  expect(await reply.text()).toContain('\nsuccess\nOK\n');
});

test('/interface/xmlrpc is the XML-RPC door', async () => {
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

test.each(['/', '/interface', '/interface/flat/x', '/export_do.bml', '/%00', '/login'])(
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
