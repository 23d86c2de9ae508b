import { describe, expect, test } from 'vitest';
import type { Status } from '../../../core/accounts/account.ts';
import { networkOf } from '../../../core/auth/network.ts';
import { createSession } from '../../../core/sessions/create-session.ts';
import { hasSessionCookie, verifySession, verifySessions } from '../../../core/sessions/verify-session.ts';
import { testAccount, testClock, testPorts } from '../../support/ports.ts';
import { named } from '../../support/site.ts';

const address = '192.0.2.1';

/** Ports with accounts, and a session of each. */
async function withSessions(...names: string[]) {
  const clock = testClock();
  const ports = testPorts(undefined, { clock });
  const accounts = names.map((name, i) => testAccount({ username: named(name), userid: (i + 3) as never }));
  for (const account of accounts) await ports.accounts.add(account);
  const make = (account: (typeof accounts)[number], network?: string) =>
    createSession(ports, account, {
      term: 'short',
      network: network === undefined ? undefined : networkOf(network),
      agent: undefined,
      via: undefined,
    });
  const sessions = await Promise.all(accounts.map((account) => make(account)));
  const owners = async (cookie: string) =>
    (await verifySessions(ports, { cookie, address })).map(({ account }) => account.username);
  return { ports, clock, accounts, sessions, make, owners };
}

test('every session of a cookie header that holds is found, with its account, in the header’s order', async () => {
  const { sessions, owners, ports } = await withSessions('alice', 'bob');
  const [alice = '', bob = ''] = sessions;
  expect(await owners(`ljsession=${bob}; ljsession=${alice}`)).toEqual(['bob', 'alice']);
  const first = await verifySession(ports, { cookie: `ljsession=${bob}; ljsession=${alice}`, address });
  expect(first).toMatchObject({
    account: { username: 'bob' },
    session: { owner: 'bob' },
    claim: { owner: 'bob' },
  });
});

test('several sessions of one account are each looked at', async () => {
  const { ports, accounts, make, owners } = await withSessions('alice');
  const [account = testAccount()] = accounts;
  const [ended, alive] = [await make(account), await make(account)];
  await ports.sessions.expire(account.username, [Number(ended.split(':')[2]) as never], 1_900_000_000);
  expect(await owners(`ljsession=${ended}; ljsession=${alive}`)).toEqual(['alice']);
});

test('one store read is made for each account, however many cookies it has', async () => {
  const { ports, sessions } = await withSessions('alice', 'bob');
  const asked: string[] = [];
  const records = {
    read: (request: Parameters<typeof ports.records.read>[0]) => {
      asked.push(`${request.account} ${request.sessions.length}`);
      return ports.records.read(request);
    },
  };
  const [alice = '', bob = ''] = sessions;
  const cookie = `ljsession=${alice}; ljmastersession=${alice}; ljsession=${bob}`;
  await verifySessions({ ...ports, records }, { cookie, address });
  expect(asked.toSorted()).toEqual(['alice 1', 'bob 1']);
});

describe('nothing is found', () => {
  test('with no cookie, with others, and with sessions that never were', async () => {
    const { owners, ports } = await withSessions('alice');
    for (const cookie of [
      '',
      'theme=dark',
      'ljsession=v1:old',
      'ljsession=ws:alice:7:aaaa',
      'ljsession=ws:nobody:7:a',
    ]) {
      expect(await owners(cookie)).toEqual([]);
    }
    expect(await verifySession(ports, { cookie: undefined, address })).toBeUndefined();
  });

  test('for a session of another account under this name', async () => {
    const { sessions, owners } = await withSessions('alice', 'bob');
    const [, , id, auth] = (sessions[0] ?? '').split(':');
    expect(await owners(`ljsession=ws:bob:${id}:${auth}`)).toEqual([]);
  });

  test('after its last second', async () => {
    const { sessions, owners, clock } = await withSessions('alice');
    clock.advance(24 * 3600 * 1000 - 1);
    expect(await owners(`ljsession=${sessions[0]}`)).toEqual(['alice']);
    clock.advance(1);
    expect(await owners(`ljsession=${sessions[0]}`)).toEqual([]);
  });

  test.each<[Status, boolean]>([
    ['active', true],
    ['readonly', true],
    ['deleted', true],
    ['locked', false],
    ['suspended', false],
    ['memorial', false],
    ['expunged', false],
  ])('where the account is %s: %s', async (status, holds) => {
    const { ports } = await withSessions();
    const account = testAccount({ status });
    await ports.accounts.add(account);
    const session = await createSession(ports, account, { term: 'short', via: undefined });
    const found = await verifySession(ports, { cookie: `ljsession=${session}`, address });
    expect(found !== undefined).toBe(holds);
  });
});

test('a session that is bound holds from its own network, and from no address that is not known', async () => {
  const { ports, accounts, make } = await withSessions('alice');
  const [account = testAccount()] = accounts;
  const holds = async (session: string, from: string | undefined) =>
    (await verifySession(ports, { cookie: `ljsession=${session}`, address: from })) !== undefined;
  const bound = await make(account, address);
  expect([
    await holds(bound, address),
    await holds(bound, '192.0.2.2'),
    await holds(bound, undefined),
  ]).toEqual([true, false, false]);
  const nowhere = await make(account, 'nonsense');
  expect([await holds(nowhere, undefined), await holds(nowhere, 'nonsense')]).toEqual([false, false]);
});

test.each([
  ['ljsession=ws:alice:7:aaaa', true],
  ['theme=dark; ljmastersession=ws:alice:7:aaaa', true],
  ['theme=dark', false],
  ['ljsession=', false],
  [undefined, false],
])('whether %j could be a session: %s', (cookie, expected) => {
  expect(hasSessionCookie(cookie)).toBe(expected);
});
