/** PROTOCOL §4: the three credentials, and client keys. */
import { describe, expect, test } from 'vitest';
import type { Account, UserId } from '../../core/accounts/account.ts';
import { md5Hex } from '../../core/auth/digest.ts';
import { clientKey, testAccount, testSealer, testVerifier } from '../support/ports.ts';
import { type Fields, named, openSite, right, type Site, wires } from '../support/site.ts';
import { respond } from '../support/wire.ts';

const latin1 = 'caf\xe9';
const bytes = (text: string) => Uint8Array.from(text, (character) => character.charCodeAt(0));

function withPassword(password: string | Uint8Array): Pick<Account, 'password'> {
  const digest = md5Hex(password);
  const sealed = testSealer().seal(digest, named('test'), 'password');
  return { password: { accepts: 'anyForm', verifier: testVerifier(digest), sealed } };
}

async function answerTo(site: Site, password: string, challenge?: string): Promise<Fields> {
  const auth_challenge = challenge ?? (await site.call('flat', 'getchallenge')).value('challenge') ?? '';
  const auth_response = respond(auth_challenge, password);
  return { username: 'test', auth_method: 'challenge', auth_challenge, auth_response };
}

describe('clear', () => {
  test('a password is its bytes: percent-decoded over flat', async () => {
    const site = await openSite(withPassword(bytes(latin1)));
    const send = async (body: string, type = 'application/x-www-form-urlencoded') => {
      const headers = { 'Content-Type': type };
      return (await site.fetch('/interface/flat', { method: 'POST', body, headers })).text();
    };
    expect(await send('mode=login&user=test&password=caf%E9')).toContain('success\nOK\n');
    expect(await send('mode=login&user=test&password=caf%C3%A9')).toContain('Invalid password');
    const iso = 'application/x-www-form-urlencoded; charset=iso-8859-1';
    expect(await send('mode=login&user=test&ver=1&password=caf%E9', iso)).toContain('success\nOK\n');
  });

  test('a password is the UTF-8 of an XML string, or the bytes of a base64', async () => {
    const utf8 = await openSite(withPassword('пароль'));
    expect((await utf8.call('xmlrpc', 'login', { ...right, password: 'пароль' })).ok).toBe(true);
    const base64 = async (account: Partial<Account>, text: string) => {
      const body = `<methodCall><methodName>LJ.XMLRPC.login</methodName><params><param><value><struct>
        <member><name>username</name><value>test</value></member><member><name>ver</name><value><int>1</int></value></member>
        <member><name>password</name><value><base64>${text}</base64></value></member></struct></value></param></params></methodCall>`;
      const reply = await (await openSite(account)).fetch('/interface/xmlrpc', { method: 'POST', body });
      return !(await reply.text()).includes('<fault>');
    };
    expect(await base64(withPassword('пароль'), Buffer.from('пароль').toString('base64'))).toBe(true);
    expect(await base64(withPassword(bytes(latin1)), Buffer.from(latin1, 'latin1').toString('base64'))).toBe(
      true,
    );
  });

  test('no password authenticates an account without one', async () => {
    const { password: _, ...account } = testAccount();
    const site = await openSite({ username: named('other'), userid: 4 as UserId });
    await site.ports.accounts.add(account);
    for (const password of ['', 'test', 'undefined']) {
      expect((await site.call('flat', 'login', { username: 'test', password })).why).toBe('Invalid password');
    }
  });

  test('a verifier made with weaker parameters is replaced at log-in, once', async () => {
    const outdated = testVerifier(md5Hex('test'), 'outdated');
    const site = await openSite({ password: { accepts: 'plainOnly', verifier: outdated } });
    expect((await site.call('flat', 'login', right)).ok).toBe(true);
    const { account } = await site.ports.records.read({ account: named('test'), sessions: [], refusals: [] });
    expect(account?.password).toEqual({ accepts: 'plainOnly', verifier: testVerifier(md5Hex('test')) });
    expect((await site.call('flat', 'login', right)).ok).toBe(true);
  });
});

describe.each(wires)('challenge over %s', (wire) => {
  test('getchallenge gives scheme, challenge and both times, 60 seconds apart', async () => {
    const site = await openSite();
    const reply = await site.call(wire, 'getchallenge');
    expect(reply.value('auth_scheme')).toBe('c0');
    expect(reply.value('challenge')).toMatch(/^[A-Za-z0-9:]{20,100}$/);
    expect(reply.value('server_time')).toBe(String(site.clock.now() / 1000));
    expect(reply.value('expire_time')).toBe(String(site.clock.now() / 1000 + 60));
  });

  test('the right answer lets in', async () => {
    const site = await openSite();
    expect((await site.call(wire, 'login', await answerTo(site, 'test'))).ok).toBe(true);
  });

  test('a challenge is spent by the first attempt to use it, right or wrong', async () => {
    const site = await openSite();
    const good = await answerTo(site, 'test');
    expect((await site.call(wire, 'login', good)).ok).toBe(true);
    expect((await site.call(wire, 'login', good)).why).toMatch(/Invalid password$/);
    const bad = await answerTo(site, 'wrong');
    expect((await site.call(wire, 'login', bad)).why).toMatch(/Invalid password$/);
    const corrected = await answerTo(site, 'test', String(bad['auth_challenge']));
    expect((await site.call(wire, 'login', corrected)).why).toMatch(/Invalid password$/);
  });

  test.each(['', 'zz', 'A'.repeat(31)])(
    'a response of %j spends the challenge, too',
    async (auth_response) => {
      const site = await openSite();
      const good = await answerTo(site, 'test');
      expect((await site.call(wire, 'login', { ...good, auth_response })).why).toMatch(/Invalid password$/);
      expect((await site.call(wire, 'login', good)).why).toMatch(/Invalid password$/);
    },
  );

  test('past its time -> 105, at its last second still good', async () => {
    const site = await openSite();
    const late = await answerTo(site, 'test');
    const last = await answerTo(site, 'test');
    site.clock.advance(59_999);
    expect((await site.call(wire, 'login', last)).ok).toBe(true);
    site.clock.advance(1);
    expect((await site.call(wire, 'login', late)).why).toMatch(/Challenge expired$/);
  });

  test.each([
    ['foreign', 'c0:1073113200:2831:60:2TCbFBYR72f2jhVDuowz:0fba728f5964ea54160a5b18317d92df'],
    ['nonsense', 'nonsense'],
    ['empty', ''],
  ])('a %s challenge -> 101', async (_, challenge) => {
    const site = await openSite();
    const reply = await site.call(wire, 'login', await answerTo(site, 'test', challenge));
    expect(reply.why).toMatch(/Invalid password$/);
  });

  test('a challenge with any one character changed -> 101', async () => {
    const site = await openSite({}, { bans: { pair: 'off', sweep: 'off' } });
    const { challenge = '' } = { challenge: (await site.call(wire, 'getchallenge')).value('challenge') };
    for (let i = 0; i < challenge.length; i++) {
      const forged = challenge.slice(0, i) + (challenge[i] === '7' ? '6' : '7') + challenge.slice(i + 1);
      const reply = await site.call(wire, 'login', await answerTo(site, 'test', forged));
      expect(reply.why, forged).toMatch(/Invalid password$/);
    }
    expect((await site.call(wire, 'login', await answerTo(site, 'test', challenge))).ok).toBe(true);
  });
});

describe('cookie', () => {
  const attempt = async (site: Site, headers: Record<string, string>, fields: Fields = {}) =>
    (await site.call('xmlrpc', 'login', { username: 'test', auth_method: 'cookie', ...fields }, { headers }))
      .ok;

  test.each([
    ['ljsession', (s: string) => `ljsession=${s}`],
    ['ljmastersession where ljsession is absent', (s: string) => `ljmastersession=${s}`],
    ['URL-encoded', (s: string) => `ljsession=${encodeURIComponent(s)}`],
    ['in double quotes', (s: string) => `ljsession="${s}"`],
    ['among others', (s: string) => `a=b; ljsession=${s}; ljfastserver=1`],
    ['behind a stale candidate', (s: string) => `ljsession=ws:test:1:abc; ljsession=${s}`],
    ['behind rubbish', (s: string) => `ljsession=%; ljsession=; ljsession=${s}`],
    ['joined with commas', (s: string) => `ljsession=ws:test:1:abc, ljsession=${s}`],
    ['after a $Version', (s: string) => `$Version="1"; ljsession=${s}`],
    ['in encoded quotes', (s: string) => `ljsession=%22${s}%22`],
    ['as ljmastersession beside an empty ljsession', (s: string) => `ljsession=; ljmastersession=${s}`],
    ['behind a dozen of rubbish', (s: string) => `${'ljsession=x; '.repeat(12)}ljsession=${s}`],
  ])('the session is found: %s', async (_, cookie) => {
    const site = await openSite();
    const session = await site.session();
    expect(await attempt(site, { 'X-LJ-Auth': 'cookie', Cookie: cookie(session) })).toBe(true);
  });

  test('it needs X-LJ-Auth: cookie, and X-LJ-Auth alone never selects it', async () => {
    const site = await openSite();
    const Cookie = `ljsession=${await site.session()}`;
    expect(await attempt(site, { Cookie })).toBe(false);
    expect(await attempt(site, { Cookie, 'X-LJ-Auth': 'other' })).toBe(false);
    expect(await attempt(site, { Cookie, 'X-LJ-Auth': 'cookie' }, { auth_method: 'clear' })).toBe(false);
  });

  test('it authenticates only the account that the session belongs to, however that is spelled', async () => {
    const site = await openSite();
    await site.add({ username: named('other') });
    const headers = { 'X-LJ-Auth': 'cookie', Cookie: `ljsession=${await site.session()}` };
    expect(await attempt(site, headers, { username: 'other' })).toBe(false);
    expect(await attempt(site, headers, { username: ' TEST ' })).toBe(true);
  });

  test('the first valid one counts: an ljmastersession behind an ljsession that is none', async () => {
    const site = await openSite();
    const Cookie = `ljsession=ws:test:1:abc; ljmastersession=${await site.session()}`;
    expect(await attempt(site, { 'X-LJ-Auth': 'cookie', Cookie })).toBe(true);
  });

  test.each([
    ['AUTH', (s: string) => s.replace(/.$/, (c) => (c === 'a' ? 'b' : 'a'))],
    ['id', (s: string) => s.replace(/:(\d+):/, ':1$1:')],
    ['tag', (s: string) => s.replace('ws:', 'wx:')],
    ['length', (s: string) => `${s}:x`],
  ])('a session with a changed %s is refused', async (_, change) => {
    const site = await openSite();
    const Cookie = `ljsession=${change(await site.session())}`;
    expect(await attempt(site, { 'X-LJ-Auth': 'cookie', Cookie })).toBe(false);
  });

  test('a guessed session counts towards a ban; one that was good once does not', async () => {
    const site = await openSite();
    const stale = { 'X-LJ-Auth': 'cookie', Cookie: `ljsession=${await site.session()}` };
    await site.call('flat', 'sessionexpire', { ...right, expireall: '1' });
    for (let i = 0; i < 6; i++) expect(await attempt(site, stale)).toBe(false);
    expect((await site.call('flat', 'login', right)).ok).toBe(true);
    const single = await site.session();
    const ended = { 'X-LJ-Auth': 'cookie', Cookie: `ljsession=${single}` };
    await site.call('flat', 'sessionexpire', { ...right, expire: [single.split(':')[2] ?? ''] });
    for (let i = 0; i < 6; i++) expect(await attempt(site, ended)).toBe(false);
    expect((await site.call('flat', 'login', right)).ok).toBe(true);
    const guessed = { 'X-LJ-Auth': 'cookie', Cookie: 'ljsession=ws:test:1:abc' };
    for (let i = 0; i < 5; i++) expect(await attempt(site, guessed)).toBe(false);
    expect((await site.call('flat', 'login', right)).why).toMatch(/banned/);
  });
});

describe('client keys', () => {
  const keys = [clientKey('laptop', 'laptop secret'), clientKey('phone', 'phone secret')];

  test.each(wires)('work wherever the password does, over %s', async (wire) => {
    const site = await openSite({ clientKeys: keys });
    for (const secret of ['laptop secret', 'phone secret', 'test']) {
      expect((await site.call(wire, 'login', { username: 'test', password: secret })).ok).toBe(true);
      expect((await site.call(wire, 'login', { username: 'test', hpassword: md5Hex(secret) })).ok).toBe(true);
      expect((await site.call(wire, 'login', await answerTo(site, secret))).ok).toBe(true);
    }
    expect((await site.call(wire, 'login', { username: 'test', password: 'other secret' })).ok).toBe(false);
  });

  test('say when they were last used, to the hour', async () => {
    const site = await openSite({ clientKeys: keys });
    const uses = async () => {
      const { account } = await site.ports.records.read({
        account: named('test'),
        sessions: [],
        refusals: [],
      });
      return account?.clientKeys.map(({ lastUsed }) => lastUsed);
    };
    const first = site.clock.now() / 1000;
    await site.call('flat', 'login', { username: 'test', password: 'phone secret' });
    expect(await uses()).toEqual([undefined, first]);
    site.clock.advance(3_599_000);
    await site.call('flat', 'login', await answerTo(site, 'phone secret'));
    expect(await uses()).toEqual([undefined, first]);
    site.clock.advance(1000);
    await site.call('flat', 'login', await answerTo(site, 'phone secret'));
    expect(await uses()).toEqual([undefined, first + 3600]);
  });

  test('a password forbidden for challenge and hpassword leaves these to client keys', async () => {
    const verifier = testVerifier(md5Hex('test'));
    const site = await openSite({ clientKeys: keys, password: { accepts: 'plainOnly', verifier } });
    expect((await site.call('flat', 'login', right)).ok).toBe(true);
    expect((await site.call('flat', 'login', { username: 'test', hpassword: md5Hex('test') })).ok).toBe(
      false,
    );
    expect((await site.call('flat', 'login', await answerTo(site, 'test'))).ok).toBe(false);
    expect((await site.call('flat', 'login', await answerTo(site, 'phone secret'))).ok).toBe(true);
    const hpassword = md5Hex('phone secret');
    expect((await site.call('flat', 'login', { username: 'test', hpassword })).ok).toBe(true);
  });
});
