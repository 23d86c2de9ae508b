/** PROTOCOL §9: what ends a session. */
import { describe, expect, test } from 'vitest';
import type { Status } from '../../core/accounts/account.ts';
import { StoreUnavailable } from '../../core/failures.ts';
import type { SessionId } from '../../core/sessions/session-string.ts';
import { clientKey, testAccount, testPorts } from '../support/ports.ts';
import { named, openSite, right, type Site, wires } from '../support/site.ts';

test.each<[Status, boolean]>([
  ['active', true],
  ['readonly', true],
  ['deleted', true],
  ['locked', false],
  ['suspended', false],
])('a session of an account that became %s authenticates: %j', async (status, alive) => {
  const before = await openSite();
  const session = await before.session();
  const { sessions } = before.ports;
  const { records } = testPorts();
  const after = await openSite(
    {},
    {},
    {
      sessions,
      records: {
        read: async (query) => ({
          ...(await records.read(query)),
          account: testAccount({ status }),
          sessions: (await before.ports.records.read(query)).sessions,
        }),
      },
    },
  );
  expect(await after.isAlive(session)).toBe(alive);
  const headers = { 'X-LJ-Auth': 'cookie', Cookie: `ljsession=${session}` };
  const fields = { username: 'test', auth_method: 'cookie', expireall: '1' };
  const reply = await after.call('xmlrpc', 'sessionexpire', fields, { headers });
  expect(reply.why).toBe(alive ? '' : '101 Invalid password');
});

test('with a password, a locked or suspended account may still expire its sessions', async () => {
  for (const status of ['locked', 'suspended'] as const) {
    for (const wire of wires) {
      const site = await openSite({ status });
      expect((await site.call(wire, 'sessionexpire', { ...right, expireall: '1' })).ok).toBe(true);
    }
  }
});

describe('a session that a client key made', () => {
  const laptop = clientKey('laptop', 'laptop secret');
  const phone = clientKey('phone', 'phone secret');
  const revoke = async ({ store }: Site) => {
    const [from] = (await store.admin.accounts.read([named('test')])).values();
    if (!from) throw new Error('the account is gone');
    const to = { ...from.account, clientKeys: from.account.clientKeys.filter(({ id }) => id !== laptop.id) };
    expect(await store.admin.accounts.write([{ kind: 'change', from, to }])).toEqual(['done']);
  };
  const byCookie = (session: string) => ({
    headers: { 'X-LJ-Auth': 'cookie', Cookie: `ljsession=${session}` },
  });

  test('ends with the key, and so does what it made in turn; others live on', async () => {
    const site = await openSite({ clientKeys: [laptop, phone] });
    const made = await site.session({ password: 'laptop secret' });
    const cookie = { username: 'test', auth_method: 'cookie' };
    const again = await site.session({ ...cookie, password: '' }, byCookie(made));
    const others = [await site.session({ password: 'phone secret' }), await site.session()];
    expect(await Promise.all([made, again, ...others].map((each) => site.isAlive(each)))).toEqual(
      Array.from({ length: 4 }, () => true),
    );
    await revoke(site);
    expect(await Promise.all([made, again, ...others].map((each) => site.isAlive(each)))).toEqual([
      false,
      false,
      true,
      true,
    ]);
    const { why } = await site.call('flat', 'sessiongenerate', cookie, byCookie(made));
    expect(why).toBe('Invalid password');
  });

  test('was valid once: sending it after the key was revoked bans nobody', async () => {
    const site = await openSite({ clientKeys: [laptop] });
    const made = await site.session({ password: 'laptop secret' });
    await revoke(site);
    for (let i = 0; i < 6; i++) expect(await site.isAlive(made)).toBe(false);
    expect((await site.call('flat', 'login', right)).ok).toBe(true);
  });
});

test('a session made by another one is bound like that, and ends no later', async () => {
  const site = await openSite();
  const parent = await site.session({ ipfixed: '1' });
  const cookie = { username: 'test', auth_method: 'cookie', password: '', expiration: 'long' };
  const headers = { 'X-LJ-Auth': 'cookie', Cookie: `ljsession=${parent}` };
  const child = await site.session(cookie, { headers });
  expect([await site.isAlive(child), await site.isAlive(child, '198.51.100.1')]).toEqual([true, false]);
  site.clock.advance(24 * 3_600_000);
  expect(await site.isAlive(child)).toBe(false);
});

test('expireall by cookie ends the session that asked, too', async () => {
  const site = await openSite();
  const session = await site.session();
  const headers = { 'X-LJ-Auth': 'cookie', Cookie: `ljsession=${session}` };
  const fields = { username: 'test', auth_method: 'cookie', expireall: '1' };
  expect((await site.call('flat', 'sessionexpire', fields, { headers })).ok).toBe(true);
  expect(await site.isAlive(session)).toBe(false);
});

test('a session made in an earlier generation stays dead when new ones are made', async () => {
  const site = await openSite();
  const old = await site.session();
  await site.call('flat', 'sessionexpire', { ...right, expireall: '1' });
  const fresh = await site.session();
  expect([await site.isAlive(old), await site.isAlive(fresh)]).toEqual([false, true]);
});

test('expiry is judged when a session is read, whether or not the store has swept it', async () => {
  const site = await openSite();
  const session = await site.session();
  site.clock.advance(24 * 3_600_000);
  expect(await site.isAlive(session)).toBe(false);
});

test.each([
  ['login by cookie', (site: Site, session: string) => site.isAlive(session)],
  [
    'the check of a session',
    async (site: Site, session: string) =>
      (await site.fetch('/session', { headers: { Cookie: `ljsession=${session}` } })).ok,
  ],
  [
    'a page',
    async (site: Site, session: string) =>
      (await site.fetch('/account', { headers: { Cookie: `ljsession=${session}` } })).ok,
  ],
])('a session says when it was last used, to the hour: %s', async (_, use) => {
  const site = await openSite();
  const session = await site.session({ expiration: 'long' });
  const id = Number(session.split(':')[2]) as SessionId;
  const lastUsed = async () => {
    const query = { account: named('test'), sessions: [id], refusals: [] };
    return (await site.ports.records.read(query)).sessions.get(id)?.lastUsed;
  };
  site.clock.advance(3_599_000);
  expect([await use(site, session), await lastUsed()]).toEqual([true, undefined]);
  site.clock.advance(1000);
  const first = site.clock.now() / 1000;
  expect([await use(site, session), await lastUsed()]).toEqual([true, first]);
  site.clock.advance(3_599_000);
  expect([await use(site, session), await lastUsed()]).toEqual([true, first]);
  site.clock.advance(1000);
  expect([await use(site, session), await lastUsed()]).toEqual([true, first + 3600]);
});

test.each(['/session', '/account'])(
  '%s answers though the use of a session cannot be written',
  async (path) => {
    const ports = testPorts();
    const noteUse = () => Promise.reject(new StoreUnavailable('the disk is full'));
    const site = await openSite({}, {}, { ...ports, sessions: { ...ports.sessions, noteUse } });
    const session = await site.session();
    site.clock.advance(3_600_000);
    const reply = await site.fetch(path, { headers: { Cookie: `ljsession=${session}` } });
    expect(reply.status).toBe(200);
    expect(await site.isAlive(session)).toBe(true);
  },
);
