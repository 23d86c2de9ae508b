/** Failures of DynamoDB that pass: the caller sees none of them, and no write counts twice. */
import { describe, expect, test } from 'vitest';
import type { SessionId } from '../../../../core/sessions/session-string.ts';
import { openDynamodb } from '../../../../infra/stores/dynamodb/dynamodb-store.ts';
import { dynamodbLocal, startDynalite, uniquePrefix } from '../../../support/stores.ts';
import { type Intercept, proxy } from '../faulty-endpoints.ts';
import { account, operations, refusalKeys, session } from '../operations.ts';

const dynalite = await startDynalite();
const local = await dynamodbLocal();

/** A store with fresh tables behind a proxy. */
async function storeBehind(endpoint: string, intercept: Intercept) {
  const prefix = uniquePrefix();
  await openDynamodb({ prefix, endpoint }).prepare();
  const front = await proxy(endpoint, intercept);
  const store = openDynamodb({ prefix, endpoint: front.endpoint, deadline: 30_000 });
  return { store, commands: front.commands };
}

test('a call that is throttled twice is answered at the third attempt', async () => {
  let refusals = 2;
  const throttled = { __type: 'x#ThrottlingException' };
  const { store, commands } = await storeBehind(dynalite, () => (refusals-- > 0 ? throttled : undefined));
  expect(await operations['spent.spend'](store)).toBe('spent');
  expect(commands).toEqual(['PutItem', 'PutItem', 'PutItem']);
});

test('keys that a read left out are asked for again', async () => {
  let reads = 0;
  const { store } = await storeBehind(dynalite, (body, command) => {
    if (command !== 'BatchGetItem' || reads++ > 0) return undefined;
    return { Responses: {}, UnprocessedKeys: JSON.parse(body).RequestItems };
  });
  await operations['accounts.add'](store);
  await operations['sessions.add'](store);
  const records = await operations['records.read'](store);
  expect([records.account, records.sessions.get(session.id)]).toEqual([account, session]);
  expect(reads).toBe(2);
});

test('rows that a write left out are sent again', async () => {
  const left = new Set<string>();
  const { store, commands } = await storeBehind(dynalite, (body, command) => {
    if (command !== 'BatchWriteItem' || left.has(body)) return undefined;
    left.add(body);
    return { UnprocessedItems: JSON.parse(body).RequestItems };
  });
  await operations['sessions.expire'](store);
  expect(commands).toHaveLength(6);
  for (const id of [1, 25, 26, 60]) {
    expect(await store.sessions.add({ ...session, id: id as SessionId })).toBe('taken');
  }
});

describe.skipIf(local === undefined)('a write whose reply was lost (needs java)', () => {
  const endpoint = local ?? '';

  function cutting(times: number): Intercept {
    let left = times;
    return () => (left-- > 0 ? 'cut' : undefined);
  }

  test.each([
    ['sessions.add', 'added', 'taken'],
    ['spent.spend', 'spent', 'again'],
    ['accounts.add', 'added', 'taken'],
  ] as const)('meets its own row and still counts: %s', async (name, first, second) => {
    const { store, commands } = await storeBehind(endpoint, cutting(1));
    expect(await operations[name](store)).toBe(first);
    expect(commands).toEqual(['PutItem', 'PutItem']);
    expect(await operations[name](store)).toBe(second);
  });

  test('counts a refused log-in once', async () => {
    const { store } = await storeBehind(endpoint, cutting(2));
    await operations['refused.count'](store);
    const { refusals } = await operations['records.read'](store);
    expect(refusalKeys.map((key) => refusals.get(key))).toEqual([[5], [5]]);
  });
});

test('tables are made once, however often they are asked for', async () => {
  const store = openDynamodb({ prefix: uniquePrefix(), endpoint: dynalite });
  await Promise.all([store.prepare(), store.prepare()]);
  await store.prepare();
  expect(await operations['spent.spend'](store)).toBe('spent');
});
