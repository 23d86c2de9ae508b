/** SQLite at its worst: kill -9, other processes, files that are not what they should be. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import type { UserId } from '../../../../core/accounts/account.ts';
import type { Username } from '../../../../core/accounts/username.ts';
import { StoreFailed, StoreUnavailable } from '../../../../core/failures.ts';
import type { SessionId } from '../../../../core/sessions/session-string.ts';
import { openSqlite } from '../../../../infra/stores/sqlite/sqlite-store.ts';
import { testAccount } from '../../../support/ports.ts';
import { temporaryFolder } from '../../../support/stores.ts';
import { account, failures, operations, session } from '../operations.ts';

const folder = temporaryFolder();
let files = 0;
const freshFile = () => join(folder, `${files++}.sqlite`);

const adapter = fileURLToPath(new URL('../../../../infra/stores/sqlite/sqlite-store.ts', import.meta.url));

/** Another process that loads the adapter, then runs `script`, which finds `openSqlite` and `path`. */
function another(path: string, script: string) {
  const program = `
    const { openSqlite } = await import(${JSON.stringify(adapter)});
    const path = ${JSON.stringify(path)};
    ${script}`;
  return spawn(process.execPath, ['--input-type=module', '-e', program], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
}

test('an acknowledged write survives kill -9', async () => {
  const path = freshFile();
  const child = another(
    path,
    `const store = openSqlite(path);
    for (let i = 0; ; i++) {
      await store.spent.spend('nonce ' + i, 9);
      if (i === 20) console.log(i);
    }`,
  );
  await once(child.stdout, 'data');
  child.kill('SIGKILL');
  await once(child, 'exit');
  const store = openSqlite(path);
  for (let i = 0; i <= 20; i++) expect(await store.spent.spend(`nonce ${i}`, 9)).toBe('again');
  await store.close();
});

test('processes that make and use one file at once share every race', async () => {
  const path = freshFile();
  const rounds = 20;
  const script = `
    console.log('ready');
    const start = Number(await new Promise((resolve) => process.stdin.once('data', resolve)));
    let spent = 0;
    for (let round = 0; round < ${rounds}; round++) {
      while (Date.now() < start + 150 * round);
      const store = openSqlite(path + round);
      for (let i = 0; i < 10; i++) if (await store.spent.spend('nonce ' + i, 9) === 'spent') spent++;
      await store.close();
    }
    console.log(spent);
    process.exit();`;
  const children = Array.from({ length: 8 }, () => another(path, script));
  await Promise.all(children.map((child) => once(child.stdout, 'data')));
  const outputs = children.map((child) => text(child.stdout));
  for (const child of children) child.stdin.write(String(Date.now() + 100));
  const spent = (await Promise.all(outputs)).map(Number);
  expect(spent.reduce((a, b) => a + b)).toBe(10 * rounds);
});

test('the file is readable by its owner alone', async () => {
  const path = freshFile();
  const store = openSqlite(path);
  await operations['accounts.add'](store);
  for (const suffix of ['', '-wal']) expect(statSync(path + suffix).mode & 0o077).toBe(0);
  await store.close();
});

describe('opening fails', () => {
  test('as StoreUnavailable where no folder can be made', () => {
    const file = freshFile();
    writeFileSync(file, '');
    expect(() => openSqlite(join(file, 'inside', 'a.sqlite'))).toThrow(StoreUnavailable);
  });

  test('as StoreFailed on a file that is no database', () => {
    const file = freshFile();
    writeFileSync(file, 'Dear diary, '.repeat(1000));
    expect(() => openSqlite(file)).toThrow(StoreFailed);
  });

  test('as StoreFailed on tables of a later version, and says so', () => {
    const file = freshFile();
    const database = new DatabaseSync(file);
    database.exec('PRAGMA user_version = 1000');
    database.close();
    expect(() => openSqlite(file)).toThrow(/version 1000, this ljgate knows versions up to \d+/);
  });
});

test('every operation on a closed store fails as StoreUnavailable', async () => {
  const store = openSqlite(freshFile());
  await store.close();
  const { errors } = await failures(store);
  for (const [name, error] of errors) expect([name, error]).toEqual([name, expect.any(StoreUnavailable)]);
});

test('a store may be closed twice, and calls that still run are no failed flush', async () => {
  const store = openSqlite(freshFile());
  let failed = false;
  store.failed?.then(() => {
    failed = true;
  });
  const writing = Array.from({ length: 20 }, async (_, i) => {
    for (let j = 0; j < 20; j++) await store.sessions.add({ ...session, id: (100 * i + j + 1) as SessionId });
  });
  await new Promise(setImmediate);
  await Promise.all([store.close(), store.close()]);
  for (const one of await Promise.allSettled(writing)) {
    expect(one).toMatchObject({ status: 'rejected', reason: expect.any(StoreUnavailable) });
  }
  expect(failed).toBe(false);
});

test('a write that another process keeps waiting too long fails as StoreUnavailable', async () => {
  const path = freshFile();
  const store = openSqlite(path);
  const other = new DatabaseSync(path);
  other.exec('BEGIN IMMEDIATE');
  const error = await operations['spent.spend'](store).catch((error: unknown) => error);
  expect(error).toBeInstanceOf(StoreUnavailable);
  expect(error).toHaveProperty('cause', expect.any(Error));
  other.exec('ROLLBACK');
  other.close();
  expect(await operations['spent.spend'](store)).toBe('spent');
  await store.close();
});

test.each(['{', '{}', '[]', '"text"'])('details that are %s fail as StoreFailed', async (details) => {
  const path = freshFile();
  const store = openSqlite(path);
  await store.accounts.add(account);
  const database = new DatabaseSync(path);
  database.prepare('UPDATE accounts SET details = ?').run(details);
  database.close();
  await expect(operations['records.read'](store)).rejects.toThrow(StoreFailed);
  await store.close();
});

test('a userid that another account has fails as StoreFailed', async () => {
  const store = openSqlite(freshFile());
  await store.accounts.add(account);
  const other = testAccount({ username: 'other' as Username });
  await expect(store.accounts.add(other)).rejects.toThrow(StoreFailed);
  expect(await store.accounts.add({ ...other, userid: 4 as UserId })).toBe('added');
  await store.close();
});
