/** Reads that SQLite need not make again: never older than the last write, whoever made it. */
import { join } from 'node:path';
import { afterAll, beforeEach, expect, test } from 'vitest';
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
  expect(await here.records.read(query())).toBe(records);
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

test('what spends a challenge changes no account, and nothing is read again for it', async () => {
  const records = await here.records.read(query());
  await here.spent.spend(crypto.randomUUID(), Math.floor(Date.now() / 1000) + 60);
  expect(await here.records.read(query())).toBe(records);
});
