/** What is asked of SQLite in one turn of the event loop is done in one transaction. */
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { RefusalKey } from '../../../../core/auth/bans.ts';
import { StoreFailed } from '../../../../core/failures.ts';
import type { OpenStore } from '../../../../infra/stores/open-store.ts';
import { openSqlite } from '../../../../infra/stores/sqlite/sqlite-store.ts';
import { temporaryFolder } from '../../../support/stores.ts';
import { freshAccount } from '../fresh.ts';

let path: string;
let store: OpenStore;
beforeEach(() => {
  path = join(temporaryFolder(), 'ljgate.sqlite');
  store = openSqlite(path);
});
afterEach(() => store.close());

const nonces = Array.from({ length: 20 }, (_, i) => `nonce ${i}`);
const spend = (nonce: string) => store.spent.spend(nonce, 2 ** 40);

/** Bytes that work adds to the log: each commit adds every page that it changed. */
async function logged(work: () => Promise<unknown>): Promise<number> {
  const before = statSync(`${path}-wal`).size;
  await work();
  return statSync(`${path}-wal`).size - before;
}

test('many writes are one commit', async () => {
  const together = await logged(() => Promise.all(nonces.map(spend)));
  const oneByOne = await logged(async () => {
    for (const nonce of nonces) await spend(`${nonce} again`);
  });
  expect(together).toBeGreaterThan(0);
  expect(oneByOne).toBeGreaterThan(5 * together);
});

test('each has the answer that is its own', async () => {
  expect(await Promise.all(['a', 'b', 'a', 'c', 'b'].map(spend))).toEqual([
    ...['spent', 'spent', 'again'],
    ...['spent', 'again'],
  ]);
});

test('a read sees the writes that were asked for before it, and not those after it', async () => {
  const account = freshAccount();
  const read = async () =>
    (await store.records.read({ account: account.username, sessions: [], refusals: [] })).account;
  const seen = await Promise.all([read(), store.accounts.add(account), read()]);
  expect(seen).toEqual([undefined, 'added', account]);
});

test('a write that fails spoils none of those beside it', async () => {
  const [first, second] = [freshAccount(), freshAccount()];
  await store.accounts.add(first);
  const asked = await Promise.allSettled([
    spend('before'),
    store.accounts.add({ ...second, userid: first.userid }),
    spend('after'),
    store.refused.count([{ key: 'key' as RefusalKey, dropBefore: 0, keepUntil: 2 ** 40 }], 7),
    store.records.read({ account: first.username, sessions: [], refusals: [] }),
  ]);
  expect(asked).toMatchObject([
    { value: 'spent' },
    { reason: expect.any(StoreFailed) },
    { value: 'spent' },
    { value: new Map([['key', [7]]]) },
    { value: { account: first } },
  ]);
  expect([await spend('before'), await spend('after')]).toEqual(['again', 'again']);
});
