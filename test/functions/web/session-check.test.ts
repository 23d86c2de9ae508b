/** `GET /session`, as proxies ask it: who gets a yes, and that every no is the same. */
import { describe, expect, test } from 'vitest';
import type { Account } from '../../../core/accounts/account.ts';
import { StoreUnavailable } from '../../../core/failures.ts';
import { named, openSite, type Site } from '../../support/site.ts';

const ask = (site: Site, session: string | undefined, address?: string, name = 'ljsession') =>
  site.fetch('/session', session === undefined ? {} : { headers: { Cookie: `${name}=${session}` } }, address);

async function told(reply: Response) {
  const headers = Object.fromEntries(reply.headers);
  return { status: reply.status, headers, body: await reply.text() };
}

test('a good cookie is 200, with whose it is and which session', async () => {
  const site = await openSite();
  const session = await site.session();
  const { status, headers } = await told(await ask(site, session));
  expect(status).toBe(200);
  expect(headers).toMatchObject({
    'x-lj-user': 'test',
    'x-lj-userid': '3',
    'x-lj-session': session.split(':')[2],
    'cache-control': 'no-store',
  });
});

test.each([
  ['in double quotes', (session: string) => `"${session}"`],
  ['URL-encoded', encodeURIComponent],
  ['after one that does not hold', (session: string) => `ws:other:1:xyz; ljsession=${session}`],
])('a cookie %s is read as the protocol reads it', async (_, spell) => {
  const site = await openSite();
  expect((await ask(site, spell(await site.session()))).status).toBe(200);
});

test('ljmastersession counts where there is no ljsession', async () => {
  const site = await openSite();
  expect((await ask(site, await site.session(), undefined, 'ljmastersession')).status).toBe(200);
});

test('HEAD answers as GET does, without a body; other verbs are 405', async () => {
  const site = await openSite();
  const headers = { Cookie: `ljsession=${await site.session()}` };
  const head = await told(await site.fetch('/session', { method: 'HEAD', headers }));
  expect(head).toMatchObject({ status: 200, body: '', headers: { 'x-lj-user': 'test' } });
  expect((await site.fetch('/session', { method: 'HEAD' })).status).toBe(401);
  const post = await site.fetch('/session', { method: 'POST', headers });
  expect([post.status, post.headers.get('Allow')]).toEqual([405, 'GET, HEAD']);
});

describe('is 401, always with the same answer, for', () => {
  const swap = (session: string, at: number, text: string) => session.split(':').with(at, text).join(':');
  const cases: [string, (site: Site) => Promise<Response>][] = [
    ['no cookie', (site) => ask(site, undefined)],
    ['a cookie that is no session', (site) => ask(site, 'nonsense')],
    [
      'an edited secret',
      async (site) =>
        ask(
          site,
          (await site.session()).replace(/.$/, (c) => (c === 'a' ? 'b' : 'a')),
        ),
    ],
    ['another id', async (site) => ask(site, swap(await site.session(), 2, '1'))],
    ['another account', async (site) => ask(site, swap(await site.session(), 1, 'other'))],
    ['an account that does not exist', async (site) => ask(site, swap(await site.session(), 1, 'nobody'))],
    [
      'a session past its time',
      async (site) => {
        const session = await site.session();
        site.clock.advance(24 * 3600 * 1000);
        return ask(site, session);
      },
    ],
    [
      'a session bound to another address',
      async (site) => ask(site, await site.session({ ipfixed: '1' }), '198.51.100.9'),
    ],
    [
      'a session of an older generation',
      async (site) => {
        const session = await site.session();
        await site.ports.accounts.endSessions(named('test'));
        return ask(site, session);
      },
    ],
    [
      'a session that was ended',
      async (site) => {
        const session = await site.session();
        const expire = { username: 'test', password: 'test', expire: [session.split(':')[2] ?? ''] };
        await site.call('xmlrpc', 'sessionexpire', expire);
        return ask(site, session);
      },
    ],
  ];

  test.each(cases)('%s', async (_, attempt) => {
    const site = await openSite();
    await site.add({ username: named('other') });
    const reference = await told(await ask(site, undefined));
    expect(reference.status).toBe(401);
    expect(await told(await attempt(site))).toEqual(reference);
  });

  test('the cookie alone does not tell an account that exists from one that does not: one read, one digest', async () => {
    const site = await openSite();
    let reads = 0;
    const { records } = site.ports;
    const read = records.read.bind(records);
    records.read = (query) => {
      reads++;
      return read(query);
    };
    for (const owner of ['test', 'nobody']) await ask(site, `ws:${owner}:90000000:abcdefghijklmnop`);
    expect(reads).toBe(2);
  });
});

test.each<Account['status']>(['locked', 'suspended', 'memorial', 'expunged'])(
  'no session of a %s account is let by',
  async (status) => {
    const site = await openSite();
    const session = await site.session();
    const read = site.ports.records.read.bind(site.ports.records);
    site.ports.records.read = async (query) => {
      const records = await read(query);
      return { ...records, account: records.account && { ...records.account, status } };
    };
    expect((await ask(site, session)).status).toBe(401);
  },
);

test('a store out of reach is 503, which no proxy takes for a yes, and is logged as an error', async () => {
  const site = await openSite();
  const session = await site.session();
  site.ports.records.read = async () => {
    throw new StoreUnavailable('away');
  };
  expect((await ask(site, session)).status).toBe(503);
  expect(site.log.at(-1)?.calls).toMatchObject([{ method: 'verify', outcome: 502 }]);
});

test('is logged by account and outcome, never with the cookie', async () => {
  const site = await openSite();
  const session = await site.session();
  await ask(site, session);
  expect(site.log.at(-1)).toMatchObject({
    wire: 'web',
    status: 200,
    calls: [{ method: 'verify', account: 'test', auth: 'cookie', outcome: 'ok' }],
  });
  expect(JSON.stringify(site.log.at(-1))).not.toContain(session.split(':')[3]);
});

test('the address of a request without a session is not logged; a guesser’s is', async () => {
  const site = await openSite();
  await ask(site, undefined);
  expect(site.log.at(-1)?.address).toBeUndefined();
  await ask(site, 'ws:test:90000000:guess');
  expect(site.log.at(-1)?.address).toBe('192.0.2.1');
});
