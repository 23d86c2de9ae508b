import { describe, expect, test } from 'vitest';
import { StoreFailed, StoreUnavailable } from '../../../../core/failures.ts';
import { createGateway } from '../../../../core/protocol/gateway.ts';
import { defaultSettings } from '../../../../core/protocol/gateway-settings.ts';
import { type D1Database, d1Store, openD1 } from '../../../../infra/stores/d1/d1-store.ts';
import { migrationFiles } from '../../../../infra/stores/d1/d1-tables.ts';
import { testAccount, testPorts } from '../../../support/ports.ts';
import { named } from '../../../support/site.ts';
import { describeStore } from '../conformance.ts';
import { describeLimits } from '../limits-conformance.ts';
import { failures, operations } from '../operations.ts';
import { startD1 } from './d1-database.ts';

let started: ReturnType<typeof startD1> | undefined;
function database() {
  started ??= startD1();
  return started;
}

describeStore('D1 in workerd', async () => d1Store((await database()).driver, 'd1'), {
  sweeps: true,
  reorders: true,
});

describeLimits('D1 in workerd', async () => d1Store((await startD1()).driver, 'd1'));

test('every operation without tables fails as StoreFailed, and inspection says what is missing', async () => {
  const { binding } = await startD1();
  const store = openD1(binding);
  const { errors } = await failures(store);
  for (const [name, error] of errors) expect([name, error]).toEqual([name, expect.any(StoreFailed)]);
  expect(await store.inspect()).toMatchObject([
    { well: false, detail: `lacks ${migrationFiles.map(({ name }) => name).join(', ')}` },
    { well: true },
  ]);
});

test('tables are made once, however many make them at once, and every operation works on them', async () => {
  const { binding } = await startD1();
  const store = openD1(binding);
  await Promise.all([store.prepare(), openD1(binding).prepare(), openD1(binding).prepare()]);
  await store.prepare();
  expect(await store.inspect()).toMatchObject([{ well: true }, { well: true }]);
  for (const run of Object.values(operations)) await run(store);
});

test("the time is the database's, in milliseconds", async () => {
  const store = openD1((await database()).binding);
  expect(Math.abs(((await store.serverTime()) ?? 0) - Date.now())).toBeLessThan(60_000);
});

test('details that are no account fail as StoreFailed', async () => {
  const { binding } = await startD1();
  const store = openD1(binding);
  await store.prepare();
  await operations['accounts.add'](store);
  await binding.batch([binding.prepare("UPDATE accounts SET details = '{'").bind()]);
  await expect(operations['records.read'](store)).rejects.toThrow(StoreFailed);
});

test('a binding that never answers is StoreUnavailable after a while, and keeps nobody out when it is well', async () => {
  const { binding } = await startD1();
  await openD1(binding).prepare();
  let hangs = true;
  const hanging: D1Database = {
    prepare: (sql) => binding.prepare(sql),
    batch: (statements) => (hangs ? new Promise(() => {}) : binding.batch(statements)),
  };
  const store = openD1(hanging, 200);
  const { errors } = await failures(store);
  for (const [name, error] of errors) expect([name, error]).toEqual([name, expect.any(StoreUnavailable)]);

  hangs = false;
  const ports = testPorts(store);
  await ports.accounts.add(testAccount());
  const gateway = createGateway(ports, defaultSettings);
  const login = async (password: string) => {
    const context = { address: '192.0.2.1', agent: undefined, cookie: undefined, ljAuth: undefined };
    const args = new Map([['password', password]]);
    const answer = await gateway.answer({ method: 'login', username: named('test'), args, context });
    return answer.ok || answer.refusal.code;
  };
  hangs = true;
  expect(await Promise.all(['a', 'b', 'c', 'd', 'e'].map(login))).toEqual([502, 502, 502, 502, 502]);
  hangs = false;
  expect(await login('test')).toBe(true);
});

describe('what D1 says is in the words of the ports', () => {
  test.each([
    ['D1_ERROR: UNIQUE constraint failed: accounts.userid: SQLITE_CONSTRAINT', StoreFailed],
    ['D1_ERROR: no such table: spent: SQLITE_ERROR', StoreFailed],
    ["D1_TYPE_ERROR: Type 'undefined' not supported for value 'undefined'", StoreFailed],
    ['D1_ERROR: database or disk is full: SQLITE_FULL', StoreUnavailable],
    ['D1_ERROR: Network connection lost.', StoreUnavailable],
    ['D1_ERROR: D1 DB is overloaded. Too many requests queued.', StoreUnavailable],
    ['D1_ERROR: D1 DB storage operation exceeded timeout which caused object to be reset.', StoreUnavailable],
  ])('%s', async (message, kind) => {
    const failing: D1Database = {
      prepare: () => ({ bind: () => failing.prepare('') }),
      batch: () => Promise.reject(new Error(message)),
    };
    const { errors } = await failures(openD1(failing));
    for (const [name, error] of errors) expect([name, error]).toEqual([name, expect.any(kind)]);
  });
});
