/** SQLite's event loop: nothing waits for a lock that another process holds, for a checkpoint, or for a sweep. */
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { StoreUnavailable } from '../../../../core/failures.ts';
import type { OpenStore } from '../../../../infra/stores/open-store.ts';
import { openSqlite } from '../../../../infra/stores/sqlite/sqlite-store.ts';
import { temporaryFolder } from '../../../support/stores.ts';
import { freshAccount, freshName } from '../fresh.ts';
import { operations, session } from '../operations.ts';

let path: string;
let store: OpenStore;
let other: DatabaseSync;
beforeEach(() => {
  path = join(temporaryFolder(), 'ljgate.sqlite');
  store = openSqlite(path);
  other = new DatabaseSync(path);
});
afterEach(() => {
  other.close();
  return store.close();
});

const spend = (nonce: string) => store.spent.spend(nonce, 2 ** 40);
/** Never from the cache: nobody has asked for that name. */
const read = () => store.records.read({ account: freshName(), sessions: [], refusals: [] });

test('writes wait for a lock that another holds, in their order, and reads beside them do not', async () => {
  const order: string[] = [];
  other.exec('BEGIN IMMEDIATE');
  const writes = ['a', 'b', 'a'].map(async (nonce) => order.push(`${nonce} ${await spend(nonce)}`));
  for (let i = 0; i < 200; i++) await Promise.all([read(), read()]);
  // One turn has both.
  const late = [spend('b').then((outcome) => order.push(`late ${outcome}`)), read()];
  await late[1];
  order.push('reads');
  other.exec('ROLLBACK');
  await Promise.all([...writes, ...late]);
  expect(order).toEqual(['reads', 'a spent', 'b spent', 'a again', 'late again']);
});

test('the note of a session’s use is given up where another holds the lock: nobody waits for it', async () => {
  await store.sessions.add(session);
  const lastUsed = async () => {
    const query = { account: session.owner, sessions: [session.id], refusals: [] };
    return (await store.records.read(query)).sessions.get(session.id)?.lastUsed;
  };
  other.exec('BEGIN IMMEDIATE');
  await Promise.all([store.sessions.noteUse(session.owner, session.id, 7), read()]);
  other.exec('ROLLBACK');
  expect(await lastUsed()).toBeUndefined();
  await store.sessions.noteUse(session.owner, session.id, 8);
  expect(await lastUsed()).toBe(8);
});

test('many writes that wait too long fail together, each once, and the next one is done', async () => {
  other.exec('BEGIN IMMEDIATE');
  const many = await Promise.allSettled(Array.from({ length: 1200 }, (_, i) => spend(String(i))));
  other.exec('ROLLBACK');
  for (const one of many) expect(one).toMatchObject({ reason: expect.any(StoreUnavailable) });
  expect(await Promise.all(['0', '1199'].map(spend))).toEqual(['spent', 'spent']);
});

test('reads go on while hundreds of thousands of rows are swept, and all of them go', async () => {
  const rows = 200_000;
  other.exec(`
    WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${rows})
    INSERT INTO spent (nonce, forget_after) SELECT 'nonce ' || i, i % 1000 FROM n`);
  await spend('stays');
  let swept = false;
  let answered = 0;
  const sweeping = store.sweep(1_000_000_000).then(() => {
    swept = true;
  });
  while (!swept) {
    await read();
    answered++;
    await new Promise(setImmediate);
  }
  await sweeping;
  expect(answered).toBeGreaterThan(200);
  expect(other.prepare('SELECT nonce FROM spent').all()).toEqual([{ nonce: 'stays' }]);
});

test('an account with many sessions is removed in parts, to the last of them', async () => {
  const account = freshAccount();
  await store.accounts.add(account);
  other
    .prepare(`
      WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20000)
      INSERT INTO sessions (owner, id, ended, forget_after) SELECT ?, i, 1, 0 FROM n`)
    .run(account.username);
  let removed = false;
  let answered = 0;
  const removing = store.admin.accounts.remove(account.username).then((outcome) => {
    removed = true;
    return outcome;
  });
  while (!removed) {
    await read();
    answered++;
    await new Promise(setImmediate);
  }
  expect(await removing).toBe('removed');
  expect(answered).toBeGreaterThan(15);
  expect(other.prepare('SELECT count(*) AS count FROM sessions').get()).toEqual({ count: 0 });
});

test('reads go on while a page of large accounts is read', async () => {
  const pictures = Array.from({ length: 1000 }, (_, i) => ({
    keyword: `picture ${i}`,
    url: `https://pics.example/${i}`,
  }));
  const large = Array.from({ length: 100 }, () => freshAccount({ pictures }));
  const writes = large.map((account) => ({ kind: 'add', account }) as const);
  await store.admin.accounts.write(writes);
  let done = false;
  let answered = 0;
  const reading = store.admin.accounts.page(undefined, 100).finally(() => {
    done = true;
  });
  while (!done) {
    await read();
    answered++;
    await new Promise(setImmediate);
  }
  expect((await reading).accounts.map(({ account }) => account)).toEqual(
    large.toSorted((a, b) => (a.username < b.username ? -1 : 1)),
  );
  expect(answered).toBeGreaterThan(10);
});

test('checkpoints are made beside the writes, and the cache outlives them', {
  timeout: 120_000,
}, async () => {
  // A session that is read twice is another object, unlike an account whose row is the same.
  await operations['sessions.add'](store);
  const cached = async () => (await operations['records.read'](store)).sessions.get(session.id);
  await cached();
  const before = await cached();
  const large = () => store.accounts.add(freshAccount({ message: 'x'.repeat(50_000) }));
  const pages = () => Number(other.prepare('PRAGMA wal_checkpoint(NOOP)').get()?.['log']);
  let most = 0;
  do {
    await Promise.all(Array.from({ length: 50 }, large));
    most = Math.max(most, pages());
  } while (most < 4000 || pages() === most);
  expect(pages()).toBeLessThan(most);
  expect(before).toBeDefined();
  expect(await cached()).toBe(before);
  expect(statSync(path).size).toBeGreaterThan(4000 * 4096);
});
