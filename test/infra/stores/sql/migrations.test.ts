/** What migrations make of a database that is in use. */
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, test } from 'vitest';
import { encodeAccount } from '../../../../core/accounts/account-record.ts';
import { migrations } from '../../../../infra/stores/sql/schema.ts';
import { openSqlite } from '../../../../infra/stores/sqlite/sqlite-store.ts';
import { temporaryFolder } from '../../../support/stores.ts';
import { freshAccount } from '../fresh.ts';

test('a database from before secrets were listed knows those that its accounts need', async () => {
  const path = join(temporaryFolder(), 'lj.sqlite');
  const database = new DatabaseSync(path);
  for (const statement of migrations.slice(0, 3).flat()) database.exec(statement);
  database.exec('PRAGMA user_version = 3');
  const body = 'A'.repeat(59);
  const key = { id: 'k1', name: 'k', digest: 'd', created: 1 } as never;
  const { password: _, ...without } = freshAccount();
  const accounts = [
    freshAccount({
      password: { accepts: 'anyForm', verifier: { phc: '', secret: 'a' }, sealed: `s1.b.${body}` },
    }),
    freshAccount({ password: { accepts: 'plainOnly', verifier: { phc: '', secret: 'c' } } }),
    freshAccount({ password: { accepts: 'plainOnce', bcrypt: '$2b$', becomes: 'plainOnly' } }),
    { ...without, clientKeys: [{ ...Object(key), sealed: `s1.d.${body}` }] },
  ];
  for (const account of accounts) {
    const { username, userid, status, generation, ...details } = encodeAccount(account);
    const insert = database.prepare(
      'INSERT INTO accounts (username, userid, status, generation, details) VALUES (?, ?, ?, ?, ?)',
    );
    insert.run(username, userid, status, generation, JSON.stringify(details));
  }
  database.close();
  const store = openSqlite(path);
  expect(await store.secretIds.list()).toEqual(new Set(['a', 'b', 'c', 'd']));
  await store.close();
});
