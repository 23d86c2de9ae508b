/** The same move with 10,000 accounts. */
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openDynamodb } from '../../../infra/stores/dynamodb/dynamodb-store.ts';
import { openSqlite, openSqliteInMemory } from '../../../infra/stores/sqlite/sqlite-store.ts';
import { startDynalite, temporaryFolder, uniquePrefix } from '../../support/stores.ts';
import { lockedOut, move, operatorOf, populate } from './moved-site.ts';

test('10,000 accounts go from SQLite to DynamoDB and back, and every password, key and session holds', async () => {
  const stores = [
    openSqlite(join(temporaryFolder(), 'a.sqlite')),
    openDynamodb({ prefix: uniquePrefix(), endpoint: await startDynalite() }),
    openSqliteInMemory(),
  ];
  for (const store of stores) await store.prepare();
  const [first, between, last] = stores.map((store) => operatorOf(store));
  if (!first || !between || !last) expect.unreachable();
  const people = await populate(first, 10_000);
  for (const [from, to] of [
    [first, between],
    [between, last],
  ] as const) {
    expect((await move(from, to)).counts).toMatchObject({ added: 10_000, sessions: 10_000, refused: 0 });
  }
  for (let i = 0; i < people.length; i += 500) {
    expect(await lockedOut(last, people.slice(i, i + 500))).toEqual([]);
  }
}, 1_800_000);
