/** PROTOCOL §9: what ends a session. */
import { expect, test } from 'vitest';
import type { Status } from '../../core/account.ts';
import { testAccount, testPorts } from '../support/ports.ts';
import { openSite, right, wires } from '../support/site.ts';

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
