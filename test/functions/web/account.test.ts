/** The pages of somebody who is signed in: sessions, client keys, password. */
import { beforeEach, describe, expect, test } from 'vitest';
import type { Session } from '../../../core/sessions/session.ts';
import { setPassword } from '../../../infra/operations/credential-operations.ts';
import { openPages, type PagesClient } from '../../support/pages-client.ts';
import { clientKey, testHasher } from '../../support/ports.ts';
import { named, openSite, type Site } from '../../support/site.ts';
import { respond } from '../../support/wire.ts';

let site: Site;
let owner: PagesClient;
beforeEach(async () => {
  site = await openSite();
  owner = openPages(site);
  await owner.signIn();
});

const idOf = (session: string) => session.split(':')[2] ?? '';

describe('sessions', () => {
  test('each says which client, since when, until when, and from where', async () => {
    await site.session({ expiration: 'long', ipfixed: '1' }, { headers: { 'User-Agent': 'Semagic/1.7' } });
    const { html } = await owner.get('/account');
    expect(html).toContain('Semagic/1.7');
    expect(html).toContain('only from 192.0.2.1');
    expect(html).toContain('15 Jan 2027, 08:00 UTC');
    expect(html).toContain('14 Feb 2027, 08:00 UTC');
    expect(html).toContain('this browser');
  });

  test('one is ended, and refused on both wires at once', async () => {
    const [keep, end] = [await site.session(), await site.session()];
    const { location } = await owner.send('/account', '/account/sessions/end', { id: idOf(end) });
    expect(location).toBe('/account?done=one');
    expect([await site.isAlive(keep), await site.isAlive(end)]).toEqual([true, false]);
    const { html } = await owner.get('/account?done=one');
    expect(html).toContain('The session was ended.');
    expect(html).not.toContain(idOf(end));
  });

  test('all others are ended, this one is not', async () => {
    const others = [await site.session(), await site.session({ expiration: 'long' })];
    await owner.send('/account', '/account/sessions/end', { which: 'others' });
    for (const session of others) expect(await site.isAlive(session)).toBe(false);
    expect((await owner.get('/account')).status).toBe(200);
  });

  test('all are ended, this one too', async () => {
    const mine = owner.jar.get('ljsession') ?? '';
    await owner.send('/account', '/account/sessions/end', { which: 'all' });
    expect(await site.isAlive(mine)).toBe(false);
    expect(owner.jar.has('ljsession')).toBe(false);
  });

  test('those that are over are not shown', async () => {
    const session = await site.session();
    site.clock.advance(23 * 3600 * 1000);
    owner = openPages(site);
    await owner.signIn();
    expect((await owner.get('/account')).html).toContain(idOf(session));
    site.clock.advance(2 * 3600 * 1000);
    const { status, html } = await owner.get('/account');
    expect([status, html.includes(idOf(session))]).toEqual([200, false]);
  });

  test('another account’s are neither shown nor ended', async () => {
    await site.add({ username: named('other') });
    const theirs = await site.session({ username: 'other' });
    expect((await owner.get('/account')).html).not.toContain(idOf(theirs));
    await owner.send('/account', '/account/sessions/end', { id: idOf(theirs) });
    expect(await site.isAlive(theirs)).toBe(true);
  });

  test.each(['', '0', 'nonsense', '99999999999', '-1'])('the id %j ends nothing', async (id) => {
    const session = await site.session();
    expect((await owner.send('/account', '/account/sessions/end', { id })).status).toBe(303);
    expect(await site.isAlive(session)).toBe(true);
  });
});

describe('client keys', () => {
  const add = (name: string, password = 'test') =>
    owner.send('/account/keys', '/account/keys', { name, password });
  const secretIn = (html: string) => /id="secret">([^<]+)</.exec(html)?.[1] ?? '';

  test('the secret is shown once, and logs in by challenge', async () => {
    const secret = secretIn((await add('laptop')).html);
    expect(secret).toMatch(/^[a-z2-7]{32}$/);
    expect((await owner.get('/account/keys')).html).not.toContain(secret);
    const challenge = (await site.call('flat', 'getchallenge')).value('challenge') ?? '';
    const fields = {
      username: 'test',
      auth_method: 'challenge',
      auth_challenge: challenge,
      auth_response: respond(challenge, secret),
    };
    expect((await site.call('xmlrpc', 'login', fields)).why).toBe('');
    expect((await owner.get('/account/keys')).html).toMatch(/Last used<\/dt><dd><time/);
  });

  test('a revoked key lets nobody in', async () => {
    const { html } = await add('laptop');
    const id = /name="id" value="([^"]+)"/.exec(html)?.[1] ?? '';
    const login = { username: 'test', password: secretIn(html) };
    expect((await site.call('flat', 'login', login)).ok).toBe(true);
    const { location } = await owner.send('/account/keys', '/account/keys/revoke', { id });
    expect(location).toBe('/account/keys?done=revoked');
    expect((await site.call('flat', 'login', login)).why).toBe('Invalid password');
  });

  test('takes the password: a stolen session makes none', async () => {
    const { status, html } = await add('laptop', 'wrong');
    expect([status, secretIn(html)]).toEqual([422, '']);
  });

  test('a key is no password for making keys or changing the password', async () => {
    const key = secretIn((await add('laptop')).html);
    expect((await add('another', key)).html).toContain('That is a client key');
    const change = { password: key, new: 'a new password', again: 'a new password' };
    const { html } = await owner.send('/account/password', '/account/password', change);
    expect(html).toContain('That is a client key');
  });

  test.each([
    ['Give the key a name', ' '],
    ['You already have a key with that name', 'laptop'],
    ['too long', 'x'.repeat(101)],
  ])('a name is refused: %s', async (why, name) => {
    await add('laptop');
    const { status, html } = await add(name);
    expect([status, html.includes(why)]).toEqual([422, true]);
  });
});

describe('the password', () => {
  const change = (fields: Readonly<Record<string, string>>) => {
    const filled = { password: 'test', new: 'new password', again: 'new password', ...fields };
    return owner.send('/account/password', '/account/password', filled);
  };

  test('is changed; other sessions end, this browser stays', async () => {
    const other = await site.session();
    const before = owner.jar.get('ljsession') ?? '';
    expect((await change({})).location).toBe('/account?done=password');
    expect([await site.isAlive(other), await site.isAlive(before)]).toEqual([false, false]);
    expect((await owner.get('/account')).status).toBe(200);
    const login = (password: string) => site.call('flat', 'login', { username: 'test', password });
    expect((await login('test')).why).toBe('Invalid password');
    expect((await login('new password')).ok).toBe(true);
  });

  test('works by challenge afterwards', async () => {
    await change({});
    const challenge = (await site.call('flat', 'getchallenge')).value('challenge') ?? '';
    const answer = {
      username: 'test',
      auth_method: 'challenge',
      auth_challenge: challenge,
      auth_response: respond(challenge, 'new password'),
    };
    expect((await site.call('flat', 'login', answer)).ok).toBe(true);
  });

  test('this browser’s new session is as the old one was: 30 days, bound', async () => {
    owner = openPages(site);
    await owner.signIn({ long: '1', bound: '1' });
    const { headers } = await change({});
    expect(headers.getSetCookie().join()).toContain('Max-Age=2592000');
    expect((await owner.get('/account')).html).toContain('only from 192.0.2.1');
  });

  test.each<[why: string, fields: Readonly<Record<string, string>>]>([
    ['That is not your current password', { password: 'wrong' }],
    ['too short', { new: 'short', again: 'short' }],
    ['The two new passwords differ', { again: 'another password' }],
    ['too long', { new: 'x'.repeat(1001), again: 'x'.repeat(1001) }],
    ['the same as the current one', { new: 'testtest', again: 'testtest', password: 'testtest' }],
  ])('is refused and stays: %s', async (why, fields) => {
    const { status, html } = await change(fields);
    expect([status, html.includes(why)]).toEqual([422, true]);
    expect((await site.call('flat', 'login', { username: 'test', password: 'test' })).ok).toBe(true);
  });

  test('guessing the current one is banned as at any log-in', async () => {
    for (let attempt = 0; attempt < 5; attempt++) await change({ password: `guess ${attempt}` });
    expect((await change({})).status).toBe(429);
  });
});

describe('fifteen minutes after the password was given', () => {
  let keyId: string;
  beforeEach(async () => {
    site = await openSite({ clientKeys: [clientKey('laptop', 'laptop secret')] });
    keyId = 'laptop';
    owner = openPages(site);
    await owner.signIn();
  });
  const late = () => site.clock.advance(15 * 60_000 + 1000);
  const holds = async () =>
    (await site.call('flat', 'login', { username: 'test', password: 'laptop secret' })).ok;
  const revoke = (fields = {}) =>
    owner.send('/account/keys', '/account/keys/revoke', { id: keyId, ...fields });
  const end = (which: string, fields = {}) =>
    owner.send('/account', '/account/sessions/end', { which, ...fields });

  test('revoking a key asks for it again', async () => {
    late();
    expect((await revoke()).status).toBe(422);
    expect((await revoke({ password: 'wrong' })).status).toBe(422);
    expect(await holds()).toBe(true);
    expect((await revoke({ password: 'test' })).status).toBe(303);
    expect(await holds()).toBe(false);
  });

  test.each(['others', 'all'])('ending %s asks for it again', async (which) => {
    const other = await site.session();
    late();
    expect((await end(which)).status).toBe(422);
    expect(await site.isAlive(other)).toBe(true);
    expect((await end(which, { password: 'test' })).status).toBe(303);
    expect(await site.isAlive(other)).toBe(false);
  });

  test('a session that another one made has no younger password', async () => {
    late();
    const headers = { 'X-LJ-Auth': 'cookie', Cookie: `ljsession=${owner.jar.get('ljsession')}` };
    const made = await site.session({ auth_method: 'cookie', password: '' }, { headers });
    owner.jar.set('ljsession', made);
    expect((await revoke()).status).toBe(422);
    await end('others', { password: 'test' });
    expect((await revoke()).status).toBe(422);
  });

  test('before, nobody is asked; one session is ended without it at any time', async () => {
    const other = await site.session();
    site.clock.advance(15 * 60_000);
    expect((await owner.get('/account')).html).not.toContain('name="password"');
    expect((await revoke()).status).toBe(303);
    late();
    expect((await owner.get('/account')).html).toContain('name="password"');
    await owner.send('/account', '/account/sessions/end', { id: idOf(other) });
    expect(await site.isAlive(other)).toBe(false);
  });
});

describe('an account with more sessions than a page shows', () => {
  test('is listed by page, this browser on the first; ending all others ends those of every page', async () => {
    site = await openSite({}, { sessionRate: 'off' });
    owner = openPages(site);
    await owner.signIn();
    const others = await Promise.all(Array.from({ length: 120 }, () => site.session()));
    const shown: string[] = [];
    let path: string | undefined = '/account';
    for (let page = 0; path !== undefined; page++) {
      const { html } = await owner.get(path);
      expect(html.includes('this browser')).toBe(page === 0);
      shown.push(...[...html.matchAll(/name="id" value="(\d+)"/g)].map(([, id = '']) => id));
      path = /href="(\/account\?after=\d+)"/.exec(html)?.[1];
    }
    expect(shown.toSorted()).toEqual(others.map(idOf).toSorted());
    await owner.send('/account', '/account/sessions/end', { which: 'others' });
    const alive = await Promise.all(others.map((session) => site.isAlive(session)));
    expect(alive.filter(Boolean)).toEqual([]);
    expect((await owner.get('/account')).status).toBe(200);
  });
});

describe('a session that opens no page of the account', () => {
  const pages = ['/account', '/account/keys', '/account/password'];
  const key = clientKey('laptop', 'laptop secret');

  async function opens(session: string): Promise<boolean> {
    const browser = openPages(site);
    browser.jar.set('ljsession', session);
    const shown = await Promise.all(pages.map((path) => browser.get(path)));
    const statuses = new Set(shown.map(({ status }) => status));
    expect(statuses.size).toBe(1);
    return statuses.has(200);
  }

  beforeEach(async () => {
    site = await openSite({ clientKeys: [key] });
  });

  test('is one that a client key made, by the protocol or on the page, or another such session', async () => {
    const made = await site.session({ password: 'laptop secret' });
    const headers = { 'X-LJ-Auth': 'cookie', Cookie: `ljsession=${made}` };
    const again = await site.session({ auth_method: 'cookie', password: '' }, { headers });
    owner = openPages(site);
    await owner.signIn({ password: 'laptop secret' });
    const onPage = owner.jar.get('ljsession') ?? '';
    expect([await opens(made), await opens(again), await opens(onPage)]).toEqual([false, false, false]);
    expect(await opens(await site.session())).toBe(true);
  });

  test('is one from before it was noted what made it', async () => {
    const { sessions } = site.store;
    const add = sessions.add;
    Object.assign(sessions, { add: ({ via: _, ...session }: Session) => add(session) });
    const old = await site.session();
    expect([await site.isAlive(old), await opens(old)]).toEqual([true, false]);
  });

  test('sends no form of it either, and is shown the form to sign in, with the reason', async () => {
    owner = openPages(site);
    owner.jar.set('ljsession', await site.session({ password: 'laptop secret' }));
    const other = await site.session();
    expect((await owner.post('/account/sessions/end', { which: 'all' })).location).toBe('/account/signin');
    expect(await site.isAlive(other)).toBe(true);
    const { status, html } = await owner.get('/account/signin?next=/account/keys');
    expect([status, html.includes('made with a client key'), html.includes('name="password"')]).toEqual([
      200,
      true,
      true,
    ]);
    expect((await owner.signIn()).location).toBe('/account');
    expect((await owner.get('/account')).status).toBe(200);
  });
});

describe('a reset by the operator', () => {
  const operatorOf = ({ store, ports }: Site) => ({ ...ports, store, unlock: async () => ports });
  const reset = () => setPassword(operatorOf(site), named('test'), { password: 'operator' });
  const takes = (password: string) => site.call('flat', 'login', { username: 'test', password });

  /** Opens a site where the reset comes once, at a moment of a change: before its hash or its read, or after its write. */
  async function interrupted(moment: 'hash' | 'read' | 'written') {
    let armed = false;
    const meanwhile =
      <Args extends readonly unknown[], T>(here: typeof moment, work: (...args: Args) => Promise<T>) =>
      async (...args: Args): Promise<T> => {
        const due = armed && here === moment;
        if (due) armed = false;
        if (due) await reset();
        return work(...args);
      };
    const hasher = testHasher();
    site = await openSite({}, {}, { hasher: { ...hasher, hash: meanwhile('hash', hasher.hash) } });
    const { accounts } = site.store.admin;
    const { read, write } = accounts;
    const after = meanwhile('written', async () => undefined);
    Object.assign(accounts, {
      read: meanwhile('read', read),
      write: (...args: Parameters<typeof write>) => write(...args).finally(after),
    });
    owner = openPages(site);
    await owner.signIn();
    armed = true;
  }

  const change = { password: 'test', new: 'the thief was here', again: 'the thief was here' };

  test('stands against a change of the password that was confirmed with the old one', async () => {
    await interrupted('hash');
    const { status, html } = await owner.send('/account/password', '/account/password', change);
    expect([status, html.includes('Nothing was done')]).toEqual([403, true]);
    expect([(await takes('operator')).ok, (await takes(change.new)).ok]).toEqual([true, false]);
    expect((await owner.get('/account')).status).toBe(303);
  });

  test('stands against a client key that was confirmed with the old password', async () => {
    await interrupted('read');
    const fields = { name: 'thief', password: 'test' };
    const { status, html } = await owner.send('/account/keys', '/account/keys', fields);
    expect([status, html.includes('id="secret"')]).toEqual([403, false]);
    const { account } = await site.ports.records.read({ account: named('test'), sessions: [], refusals: [] });
    expect(account?.clientKeys).toEqual([]);
  });

  test('ends the session that a change of the password made just before it', async () => {
    await interrupted('written');
    const { location } = await owner.send('/account/password', '/account/password', change);
    expect(location).toBe('/account?done=password');
    expect((await owner.get('/account')).status).toBe(303);
    expect([(await takes('operator')).ok, (await takes(change.new)).ok]).toEqual([true, false]);
  });
});

test.each(['/account', '/account/keys', '/account/password'])('%s needs a sign-in', async (path) => {
  const place = `/account/signin?next=${path}`;
  expect(await openPages(site).get(path)).toMatchObject({ status: 303, location: place });
});

test('the pages are never kept by a cache', async () => {
  for (const path of ['/account', '/account/keys', '/account/password', '/account/signin']) {
    expect((await owner.get(path)).headers.get('Cache-Control')).toBe('no-store');
  }
});

test('a session shows first what people recognise, with the key that made it, and its number last', async () => {
  site = await openSite({ clientKeys: [{ ...clientKey('phone', 'phone secret'), name: 'my <phone>' }] });
  await site.session({ password: 'phone secret' }, { headers: { 'User-Agent': 'Semagic/1.7 (raw agent)' } });
  owner = openPages(site);
  await owner.signIn();
  const { html } = await owner.get('/account');
  const order = [
    'Semagic/1.7',
    'End</button>',
    'Since',
    'the client key',
    'my &lt;phone&gt;',
    'Details',
    'Number',
  ];
  const item = html.slice(html.indexOf('Semagic/1.7'));
  const places = order.map((text) => item.indexOf(text));
  expect(places).toEqual(places.toSorted((a, b) => a - b));
  expect(Math.min(...places)).toBe(0);
});
