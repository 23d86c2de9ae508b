/** The pages of somebody who is signed in: sessions, client keys, password. */
import { beforeEach, describe, expect, test } from 'vitest';
import { named, openSite, type Site } from '../../support/site.ts';
import { type Visitor, visitor } from '../../support/visitor.ts';
import { respond } from '../../support/wire.ts';

let site: Site;
let owner: Visitor;
beforeEach(async () => {
  site = await openSite();
  owner = visitor(site);
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

  test('one is ended, and dead over both wires at once', async () => {
    const [keep, end] = [await site.session(), await site.session()];
    const { location } = await owner.send('/account', '/account/sessions/end', { id: idOf(end) });
    expect(location).toBe('/account?done=one');
    expect([await site.isAlive(keep), await site.isAlive(end)]).toEqual([true, false]);
    const { html } = await owner.get('/account?done=one');
    expect(html).toContain('The session is ended.');
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
    owner = visitor(site);
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
    ['a key of that name already', 'laptop'],
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
    owner = visitor(site);
    await owner.signIn({ long: '1', bound: '1' });
    const { headers } = await change({});
    expect(headers.getSetCookie().join()).toContain('Max-Age=2592000');
    expect((await owner.get('/account')).html).toContain('only from 192.0.2.1');
  });

  test.each<[why: string, fields: Readonly<Record<string, string>>]>([
    ['Your current password is another one', { password: 'wrong' }],
    ['too short', { new: 'short', again: 'short' }],
    ['not typed the same twice', { again: 'another password' }],
    ['too long', { new: 'x'.repeat(1001), again: 'x'.repeat(1001) }],
    ['the one that you have', { new: 'testtest', again: 'testtest', password: 'testtest' }],
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

test.each(['/account', '/account/keys', '/account/password'])('%s is not for strangers', async (path) => {
  const place = `/account/signin?next=${encodeURIComponent(path)}`;
  expect(await visitor(site).get(path)).toMatchObject({ status: 303, location: place });
});

test('the pages are never kept by a cache', async () => {
  for (const path of ['/account', '/account/keys', '/account/password', '/account/signin']) {
    expect((await owner.get(path)).headers.get('Cache-Control')).toBe('no-store');
  }
});
