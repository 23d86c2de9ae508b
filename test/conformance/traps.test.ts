/** PROTOCOL, "Traps that real clients set": each with the client's habit in its title. */
import { expect, test } from 'vitest';
import { openSite, right } from '../support/site.ts';
import { callDocument } from '../support/wire.ts';

const site = await openSite();

async function flatLines(body: string): Promise<string[]> {
  const reply = await site.fetch('/interface/flat', { method: 'POST', body });
  return (await reply.text()).split('\n');
}

test('two clients read by line number: ljsession is line 1 and 2', async () => {
  const lines = await flatLines('mode=sessiongenerate&user=test&password=test');
  expect(lines).toEqual(['ljsession', expect.stringMatching(/^ws:test:/), 'success', 'OK', '']);
});

test('two clients read by line number: challenge is line 3 and 4', async () => {
  const lines = await flatLines('mode=getchallenge');
  expect(lines.slice(0, 3)).toEqual(['auth_scheme', 'c0', 'challenge']);
  expect(lines[3]).toMatch(/^c0:/);
});

test('CRLF breaks ten clients, a missing final LF one: LF only, at every line', async () => {
  for (const body of ['mode=getchallenge', 'mode=login&user=test&password=test', 'mode=nonsense']) {
    const text = (await flatLines(body)).join('\n');
    expect(text).not.toContain('\r');
    expect(text.endsWith('\n')).toBe(true);
  }
});

test('LJ::Simple URL-decodes reply values and ljdump does not encode: no %, +, & or = in tokens', async () => {
  for (let i = 0; i < 50; i++) {
    const challenge = (await site.call('flat', 'getchallenge')).value('challenge');
    expect(challenge).toMatch(/^[A-Za-z0-9:]+$/);
    expect(await site.session()).toMatch(/^[A-Za-z0-9:]+$/);
  }
});

test('SOAP::Lite types an all-digit account and password as int', async () => {
  await site.add({ username: '12345' as never });
  const digits = { username: '<int>12345</int>', password: '<int>0007</int>' };
  const body = callDocument('LJ.XMLRPC.login', digits);
  const reply = await site.fetch('/interface/xmlrpc', { method: 'POST', body });
  expect(await reply.text()).toContain('<int>101</int>');
  const good = callDocument('LJ.XMLRPC.login', { ...digits, password: 'test' });
  expect(await (await site.fetch('/interface/xmlrpc', { method: 'POST', body: good })).text()).toContain(
    'userid',
  );
});

test('Apache XML-RPC sends strings as bare values', async () => {
  const member = (name: string) => `<member><name>${name}</name><value>test</value></member>`;
  const body = `<methodCall><methodName>LJ.XMLRPC.login</methodName><params><param><value><struct>${member('username')}${member('password')}</struct></value></param></params></methodCall>`;
  const reply = await site.fetch('/interface/xmlrpc', { method: 'POST', body });
  expect(await reply.text()).toContain('<name>userid</name><value><int>3</int></value>');
});

test('one client sends no user at all: a well-formed refusal', async () => {
  const lines = await flatLines('mode=login&auth_method=challenge&auth_challenge=x&auth_response=y');
  expect(lines).toEqual(['errmsg', 'Client error: No username sent.', 'success', 'FAIL', '']);
});

test('clients go on with an empty session where a refusal carries ljsession, so none does', async () => {
  const reply = await site.call('flat', 'sessiongenerate', { ...right, password: 'wrong' });
  expect(reply.ok).toBe(false);
  expect(reply.value('ljsession')).toBeUndefined();
});
