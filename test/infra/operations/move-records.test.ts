/** Moving a site between stores without anybody's password: SQLite, DynamoDB, D1, and back. */
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { d1Store } from '../../../infra/stores/d1/d1-store.ts';
import { openDynamodb } from '../../../infra/stores/dynamodb/dynamodb-store.ts';
import { openSqlite, openSqliteInMemory } from '../../../infra/stores/sqlite/sqlite-store.ts';
import { startDynalite, temporaryFolder, uniquePrefix } from '../../support/stores.ts';
import { startD1 } from '../stores/d1/d1-database.ts';
import { bring, exportOf, exportWith, linesIn, lockedOut, move, operatorOf, populate } from './moved-site.ts';

test('500 accounts go from SQLite to DynamoDB, to D1 and back, and every password, key and session holds', async () => {
  const stores = [
    openSqlite(join(temporaryFolder(), 'a.sqlite')),
    openDynamodb({ prefix: uniquePrefix(), endpoint: await startDynalite() }),
    d1Store((await startD1()).driver, 'd1'),
    openSqliteInMemory(),
  ];
  for (const store of stores) await store.prepare();
  const [first, ...others] = stores.map((store) => operatorOf(store));
  if (!first) expect.unreachable();
  const people = await populate(first, 500);
  expect(await lockedOut(first, people)).toEqual([]);
  let from = first;
  for (const to of others) {
    const { counts } = await move(from, to);
    expect(counts).toMatchObject({ added: 500, sessions: 500, skipped: 0, refused: 0 });
    expect(await lockedOut(to, people.slice(0, 25))).toEqual([]);
    from = to;
  }
  expect(await lockedOut(from, people)).toEqual([]);
}, 120_000);

async function small() {
  const from = operatorOf(openSqliteInMemory());
  const people = await populate(from, 3);
  const to = operatorOf(openSqliteInMemory());
  return { people, from, to, ...(await move(from, to)) };
}

test('what goes between shows nothing: neither a secret nor who is there', async () => {
  const { from, file } = await small();
  const text = Buffer.from(file).toString('latin1');
  expect(text).toMatch(/^age-encryption\.org\/v1\n/);
  const { secrets } = JSON.parse((await from.source.read()).reveal());
  for (const { secret } of secrets) expect(text).not.toContain(secret);
  for (const word of ['person_0', 'argon2', 'account', 'session']) expect(text).not.toContain(word);
});

test('whoever changes a byte, or cuts it, brings nothing in with it', async () => {
  const { file, to } = await small();
  const changed = Buffer.from(file);
  const last = changed.length - 20;
  changed[last] = (changed[last] ?? 0) ^ 1;
  for (const bytes of [changed, file.subarray(0, -30), file.subarray(0, -1)]) {
    const fresh = operatorOf(openSqliteInMemory());
    await expect(bring(fresh, bytes)).rejects.toThrow(/cannot be opened|was cut or changed/);
    expect(await fresh.store.admin.accounts.count(10)).toBe(0);
  }
  expect(await to.store.admin.accounts.count(10)).toBe(3);
});

test('of a long one that was cut, what came before is there, and it says so', async () => {
  const from = operatorOf(openSqliteInMemory());
  const people = await populate(from, 200);
  const file = await exportOf(from);
  const to = operatorOf(openSqliteInMemory());
  await expect(bring(to, file.subarray(0, file.length - 10))).rejects.toThrow('run it again with the whole');
  expect(await to.store.admin.accounts.count(1000)).toBeLessThan(200);
  await bring(to, file);
  expect(await lockedOut(to, people.slice(0, 10))).toEqual([]);
});

test('two stacks have each a secret k1: nothing is brought over one that is another', async () => {
  const generated = (letter: string) => JSON.stringify({ id: 'k1', secret: letter.repeat(43) });
  const from = operatorOf(openSqliteInMemory(), generated('a'));
  await populate(from, 1);
  const file = await exportOf(from);
  const to = operatorOf(openSqliteInMemory(), generated('b'));
  await expect(bring(to, file)).rejects.toThrow('k1 is the id of another root secret here');
  expect(await to.store.admin.accounts.count(10)).toBe(0);
  expect(await bring(operatorOf(openSqliteInMemory(), generated('a')), file)).toMatchObject({ added: 1 });
});

test('it can be run again: what is there stays, and what was missing comes', async () => {
  const { people, file, to } = await small();
  expect(await bring(to, file)).toMatchObject({ added: 0, unchanged: 3, sessions: 0 });
  await to.store.admin.accounts.remove(people[0]?.username ?? expect.unreachable());
  expect(await bring(to, file)).toMatchObject({ added: 1, unchanged: 2, sessions: 1 });
  expect(await lockedOut(to, people)).toEqual([]);
});

test('an account that is there and differs is left as it is, and no session of the old one opens it', async () => {
  const { people, file } = await small();
  const other = operatorOf(openSqliteInMemory());
  await populate(other, 1);
  expect(await bring(other, file)).toMatchObject({ added: 2, skipped: 1, sessions: 2 });
  const [first] = people;
  if (!first) expect.unreachable();
  const { sessions } = await other.store.admin.sessions.page(first.username, undefined, 10);
  expect(sessions.length).toBe(1);
  expect(await lockedOut(other, [first])).toEqual(['person_0: session']);
});

test('lines that were changed are refused by number, the rest comes', async () => {
  const lines = await linesIn((await small()).file);
  const to = operatorOf(openSqliteInMemory());
  const [header = '', first = '', session = '', ...rest] = lines;
  expect(first).toContain('"account"');
  const stranger = first.replaceAll(/"secret":"\w+"/g, '"secret":"another"');
  const changed = [header, stranger, session, 'no JSON', session, '{"account":{"username":"x"}}', ...rest];
  const counts = await bring(to, await exportWith(changed));
  expect(counts).toMatchObject({ added: 2, refused: 3 });
});

test('with another passphrase, or without a header, nothing is changed', async () => {
  const { file } = await small();
  const to = operatorOf(openSqliteInMemory());
  await expect(bring(to, file, { kind: 'key', text: 'another' })).rejects.toThrow(
    'the file cannot be opened: the passphrase is wrong',
  );
  for (const none of [
    Buffer.from('{"username":"alice"}\n'),
    await exportWith((await linesIn(file)).slice(1)),
  ]) {
    await expect(bring(to, none)).rejects.toThrow('leave out --with-verifiers');
  }
  expect(await to.store.admin.accounts.count(10)).toBe(0);
  expect((await to.source.read()).list()).toHaveLength(1);
});
