/** Reads that SQLite need not make again: never older than the last write, whoever made it. */
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import type { RefusalKey } from '../../../core/bans.ts';
import type { Session, SessionId } from '../../../core/session.ts';
import { openSqlite } from '../../../infra/store/sqlite.ts';
import { temporaryFolder } from '../../support/stores.ts';
import { freshAccount } from './fresh.ts';

const path = join(temporaryFolder(), 'ljgate.sqlite');
const here = openSqlite(path);
const there = openSqlite(path);
afterAll(() => Promise.all([here.close(), there.close()]));

let account: ReturnType<typeof freshAccount>;
beforeEach(async () => {
  account = freshAccount();
  await here.accounts.add(account);
  // The first read after a write is kept before anybody knows the data's version.
  await here.records.read(query());
});

const query = () => ({ account: account.username, sessions: [], refusals: [] });
const generation = async (store = here) => (await store.records.read(query())).account?.generation;

test('a read gives what the one before it gave', async () => {
  const records = await here.records.read(query());
  expect((await here.records.read(query())).account).toBe(records.account);
});

test.each([
  ['this process', here],
  ['another', there],
])('a write of %s is seen at once', async (_, writer) => {
  expect(await generation()).toBe(account.generation);
  await writer.accounts.endSessions(account.username);
  expect(await generation()).toBe(account.generation + 1);
});

test('a write is seen even while it waits for the disk', async () => {
  await generation();
  const writing = here.accounts.endSessions(account.username);
  await new Promise(process.nextTick);
  expect(await generation()).toBe(account.generation + 1);
  await writing;
});

test('a read that a write came into is not kept', async () => {
  const reading = generation();
  const writing = here.accounts.endSessions(account.username);
  expect(await reading).toBe(account.generation);
  await writing;
  expect(await generation()).toBe(account.generation + 1);
  await there.accounts.endSessions(account.username);
  const [early, late] = await Promise.all([generation(), generation(there)]);
  expect([early, late]).toEqual([account.generation + 2, account.generation + 2]);
});

const now = Math.floor(Date.now() / 1000);

test('what spends a challenge changes no account, and nothing is read again for it', async () => {
  const { account: before } = await here.records.read(query());
  await here.spent.spend(crypto.randomUUID(), now + 60);
  expect((await here.records.read(query())).account).toBe(before);
});

const sessionOf = (id: number): Session => ({
  owner: account.username,
  id: id as SessionId,
  digest: 'a'.repeat(64),
  generation: 1,
  term: 'short',
  created: now,
  expires: now + 60,
});
const withSessions = (...ids: number[]) => ({ ...query(), sessions: ids as SessionId[] });

describe('of sessions', () => {
  beforeEach(async () => {
    await here.sessions.add(sessionOf(7));
    await here.records.read(withSessions(7, 8, 9));
  });

  test.each([
    ['this process', here],
    ['another', there],
  ])('those that %s makes and ends are seen at once', async (_, writer) => {
    await writer.sessions.add(sessionOf(8));
    await writer.sessions.expire(account.username, [7 as SessionId], now + 60);
    const { sessions, ended } = await here.records.read(withSessions(7, 8, 9));
    expect([[...sessions.keys()], [...ended]]).toEqual([[8], [7]]);
  });

  test('the account and the other sessions stay known when one is made or ended', async () => {
    const before = await here.records.read(withSessions(7));
    await here.sessions.add(sessionOf(8));
    await here.sessions.expire(account.username, [8 as SessionId], now + 60);
    const after = await here.records.read(withSessions(7, 8));
    expect(after.account).toBe(before.account);
    expect(after.sessions.get(7 as SessionId)).toBe(before.sessions.get(7 as SessionId));
    expect([...after.ended]).toEqual([8]);
  });

  test('one that ends while it is read is not taken for alive afterwards', async () => {
    await here.sessions.add(sessionOf(8));
    const [, , { ended }] = await Promise.all([
      here.records.read(withSessions(8)),
      here.sessions.expire(account.username, [8 as SessionId], now + 60),
      here.records.read(withSessions(8)),
    ]);
    expect([...ended]).toEqual([8]);
    expect([...(await here.records.read(withSessions(8))).ended]).toEqual([8]);
  });

  test('what is known is looked at again even where nothing is known of the account', async () => {
    await here.accounts.endSessions(account.username);
    await there.sessions.expire(account.username, [7 as SessionId], now + 60);
    expect([...(await here.records.read(withSessions(7))).ended]).toEqual([7]);
  });
});

test.each([
  ['this process', here],
  ['another', there],
])('a refused log-in that %s counts is seen at once, under its own key alone', async (_, writer) => {
  const keys = [`${account.username}@192.0.2.1`, '@192.0.2.1'] as RefusalKey[];
  const read = async () => (await here.records.read({ ...query(), refusals: keys })).refusals;
  const [key] = keys;
  const before = await read();
  await writer.refused.count(key ? [{ key, dropBefore: 0, keepUntil: now * 1000 + 60_000 }] : [], 7);
  expect([before, await read()]).toEqual([new Map(), new Map([[key, [7]]])]);
});
