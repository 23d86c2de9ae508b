/** PROTOCOL §2: arguments and what clients make of them. */
import { describe, expect, test } from 'vitest';
import { lifetimes } from '../../core/sessions/session.ts';
import { type Fields, named, openSite, right, wires, wrong } from '../support/site.ts';
import { respond } from '../support/wire.ts';

const moods = [
  { id: 2, parent: 0, name: 'angry' },
  { id: 1, parent: 2, name: 'aggravated' },
  { id: 5, parent: 0, name: 'bored' },
];
const menus = [{ text: 'Your page', url: 'https://example.com/~USERNAME' }];

describe.each(wires)('over %s', (wire) => {
  const login = async (fields: Fields) => (await openSite({}, { moods, menus })).call(wire, 'login', fields);

  test.each(['test', 'TEST', ' test\t', 'Test'])(
    'account %j: white space around and case are ignored',
    async (username) => {
      expect((await login({ ...right, username })).ok).toBe(true);
    },
  );

  test('in an account name - counts as _', async () => {
    const site = await openSite();
    await site.add({ username: named('my_name') });
    expect((await site.call(wire, 'login', { ...right, username: 'My-Name' })).ok).toBe(true);
  });

  test.each(['a'.repeat(26), 'naïve', 'a b', 'a.b', '../test', '\u212aim'])(
    'account %j is malformed',
    async (username) => {
      const { why } = await login({ ...right, username });
      expect(why).toBe(wire === 'flat' ? 'Client error: No username sent.' : '100 Invalid username');
    },
  );

  test.each([undefined, '', 'clear'])('auth_method %j is clear', async (method) => {
    expect((await login({ ...right, ...(method !== undefined && { auth_method: method }) })).ok).toBe(true);
  });

  test.each(['Clear', 'CHALLENGE', 'md5', 'cookies', '0'])(
    'auth_method %j is refused with 101',
    async (auth_method) => {
      expect((await login({ ...right, auth_method })).why).toMatch(/Invalid password$/);
    },
  );

  test('hpassword decides where it is present and not empty', async () => {
    const good = '098f6bcd4621d373cade4e832627b4f6';
    expect((await login({ username: 'test', password: '', hpassword: good })).ok).toBe(true);
    expect((await login({ username: 'test', password: 'wrong', hpassword: good })).ok).toBe(true);
    expect((await login({ ...right, hpassword: '' })).ok).toBe(true);
    expect((await login({ ...right, hpassword: '0'.repeat(32) })).ok).toBe(false);
    expect((await login({ ...right, hpassword: 'not a digest' })).ok).toBe(false);
  });

  test.each(['1', '0', '', '2', '99', '-1', 'nonsense', ' 1 '])('ver %j is served', async (ver) => {
    expect((await login({ ...right, ver })).ok).toBe(true);
    expect((await login({ ...right, version: ver })).ok).toBe(true);
    expect((await login({ ...right, ver: '', version: ver })).ok).toBe(true);
  });

  test.each([
    ['long', 'long'],
    ['short', 'short'],
    [undefined, 'short'],
    ['LONG', 'short'],
    ['forever', 'short'],
  ] as const)('expiration %j makes a %s session', async (expiration, term) => {
    const site = await openSite();
    const session = await site.session(expiration === undefined ? {} : { expiration });
    site.clock.advance(lifetimes[term] * 1000 - 1000);
    expect(await site.isAlive(session)).toBe(true);
    site.clock.advance(1000);
    expect(await site.isAlive(session)).toBe(false);
  });

  test('short is 24 hours and long is 30 days', () => {
    expect(lifetimes).toEqual({ short: 24 * 3600, long: 30 * 24 * 3600 });
  });

  test.each(wires)('ipfixed from an address that cannot be told is refused on %s: 203', async (wire) => {
    const site = await openSite();
    const refused = await site.call(
      wire,
      'sessiongenerate',
      { ...right, ipfixed: '1' },
      { address: 'unknown' },
    );
    expect(refused.why).toMatch(/Client error: Invalid argument\(s\): ipfixed$/);
    expect(
      (await site.call(wire, 'sessiongenerate', { ...right, ipfixed: '0' }, { address: 'unknown' })).ok,
    ).toBe(true);
  });

  test.each(['ipfixed', 'bindtoip'])('%s binds the session to the address that asked', async (argument) => {
    const site = await openSite();
    const reply = await site.call(wire, 'sessiongenerate', { ...right, [argument]: '1' });
    const session = reply.value('ljsession') ?? '';
    expect(await site.isAlive(session)).toBe(true);
    expect(await site.isAlive(session, '192.0.2.2')).toBe(false);
    expect(await site.isAlive(session)).toBe(true);
  });

  test('a session that was not bound is good from anywhere; an IPv6 caller may move in its /64', async () => {
    const site = await openSite();
    expect(await site.isAlive(await site.session(), '203.0.113.9')).toBe(true);
    const bound = await site.session({ ipfixed: '1' }, { address: '2001:db8:1:2::3' });
    expect(await site.isAlive(bound, '2001:db8:1:2:ffff::9')).toBe(true);
    expect(await site.isAlive(bound, '2001:db8:1:3::3')).toBe(false);
  });

  test('expireall ends every session', async () => {
    const site = await openSite();
    const sessions = [await site.session(), await site.session({ expiration: 'long' })];
    expect((await site.call(wire, 'sessionexpire', { ...right, expireall: '1' })).ok).toBe(true);
    for (const session of sessions) expect(await site.isAlive(session)).toBe(false);
    expect(await site.isAlive(await site.session())).toBe(true);
  });

  test.each(['', '0'])('expireall %j is not true and ends nothing', async (expireall) => {
    const site = await openSite();
    const session = await site.session();
    expect((await site.call(wire, 'sessionexpire', { ...right, expireall })).ok).toBe(true);
    expect(await site.isAlive(session)).toBe(true);
  });

  test('sessions are expired one by one by their ids', async () => {
    const site = await openSite();
    const sessions = await Promise.all([site.session(), site.session(), site.session()]);
    const [a, , c] = sessions.map((session) => session.split(':')[2] ?? '');
    const reply = await site.call(wire, 'sessionexpire', { ...right, expire: [a ?? '', `s${c}`] });
    expect(reply.ok).toBe(true);
    expect(await Promise.all(sessions.map((session) => site.isAlive(session)))).toEqual([false, true, false]);
  });

  test.each([
    ['0', 3],
    ['', 3],
    ['nonsense', 3],
    ['2', 1],
    ['5', 0],
    ['2.0', 1],
    ['-7', 3],
  ])('getmoods %j brings the moods above that number', async (getmoods, count) => {
    const reply = await login({ ...right, getmoods });
    if (wire === 'flat') expect(reply.value('mood_count')).toBe(String(count));
    else expect(reply.value('moods')).toBeDefined();
  });

  test.each(['1', 'true', 'yes', 'on', 'anything'])('getcaps %j is true', async (getcaps) => {
    expect((await login({ ...right, getcaps })).value('caps')).toBe('0');
  });

  test.each(['', '0'])('getcaps %j is not true', async (getcaps) => {
    expect((await login({ ...right, getcaps })).value('caps')).toBeUndefined();
  });

  test('unknown arguments are ignored', async () => {
    expect((await login({ ...right, nonsense: 'x', journal: 'other' })).ok).toBe(true);
  });

  test('clientversion is recorded and never refused for its form', async () => {
    const site = await openSite();
    for (const clientversion of ['Win32-MFC/1.2.7', '', 'no slash', '名前/1']) {
      expect((await site.call(wire, 'login', { ...right, clientversion })).ok).toBe(true);
    }
    expect(site.log.map(({ calls }) => calls[0]?.client)).toEqual([
      'Win32-MFC/1.2.7',
      undefined,
      'no slash',
      '名前/1',
    ]);
  });

  test('auth_challenge and auth_response go together', async () => {
    const site = await openSite();
    const challenge = (await site.call(wire, 'getchallenge')).value('challenge') ?? '';
    const fields = { username: 'test', auth_method: 'challenge', auth_challenge: challenge };
    expect((await site.call(wire, 'login', { username: 'test', auth_method: 'challenge' })).ok).toBe(false);
    const auth_response = respond(challenge, 'test').toUpperCase();
    expect((await site.call(wire, 'login', { ...fields, auth_response })).ok).toBe(true);
  });
});

test('over flat, of a key sent twice the last value counts', async () => {
  const site = await openSite();
  const body = 'mode=login&user=nobody&user=test&password=wrong&password=test';
  const reply = await site.fetch('/interface/flat', { method: 'POST', body });
  expect(await reply.text()).toContain('success\nOK\n');
});

test('over flat, expire_id_N must be true', async () => {
  const site = await openSite();
  const [kept, ended] = [await site.session(), await site.session()];
  const id = (session: string) => session.split(':')[2];
  const body = `mode=sessionexpire&user=test&password=test&expire_id_${id(kept)}=0&expire_id_${id(ended)}=yes`;
  await site.fetch('/interface/flat', { method: 'POST', body });
  expect([await site.isAlive(kept), await site.isAlive(ended)]).toEqual([true, false]);
});

test('over XML-RPC, a lone scalar for expire counts as an array of one', async () => {
  const site = await openSite();
  const session = await site.session();
  const reply = await site.call('xmlrpc', 'sessionexpire', { ...right, expire: session.split(':')[2] ?? '' });
  expect(reply.ok).toBe(true);
  expect(await site.isAlive(session)).toBe(false);
});

test('1,000 ids can be expired in one call, more are refused before credentials are looked at', async () => {
  const site = await openSite();
  const ids = (count: number) => Array.from({ length: count }, (_, i) => String(i + 1));
  const expire = (fields: Fields) => site.call('flat', 'sessionexpire', fields);
  expect((await expire({ ...right, expire: ids(1000) })).ok).toBe(true);
  for (const fields of [right, wrong]) {
    const { why } = await expire({ ...fields, expire: ids(1001) });
    expect(why).toBe('Client error: Invalid argument(s): expire');
  }
});
