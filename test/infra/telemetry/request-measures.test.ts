import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { md5Hex } from '../../../core/auth/digest.ts';
import type { Store } from '../../../core/ports.ts';
import { openSqliteInMemory } from '../../../infra/stores/sqlite/sqlite-store.ts';
import {
  measured,
  noteRemembered,
  timedHasher,
  timedStore,
} from '../../../infra/telemetry/request-measures.ts';
import { testAccount, testHasher } from '../../support/ports.ts';
import { named } from '../../support/site.ts';
import { operations } from '../stores/operations.ts';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'performance'] });
});
afterEach(() => {
  vi.useRealTimers();
});

/** Measures work whose time is the test's own. */
async function measuredWork(work: () => Promise<unknown>) {
  const measuring = measured(work);
  await vi.runAllTimersAsync();
  return (await measuring)[1];
}

const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

const slow = (ms: number) => {
  const store = openSqliteInMemory();
  const read = async (...query: Parameters<typeof store.records.read>) => {
    await pause(ms);
    return store.records.read(...query);
  };
  return timedStore({ ...store, records: { read } });
};
const query = { account: named('test'), sessions: [], refusals: [] };

test('requests one after another add up; parallel ones count once', async () => {
  const { records } = slow(40);
  const twice = await measuredWork(async () => {
    await records.read(query);
    await records.read(query);
  });
  const both = await measuredWork(() => Promise.all([records.read(query), records.read(query)]));
  expect([twice.storeMs, both.storeMs]).toEqual([80, 40]);
});

test.each(Object.entries(operations))('the time of %s counts', async (_, run) => {
  const store = timedStore(openSqliteInMemory());
  vi.useRealTimers();
  const [, { storeMs }] = await measured(async () => void (await run(store)));
  expect(storeMs).toBeGreaterThan(0);
});

test('requests of calls that run at the same time do not mix', async () => {
  const store = slow(30);
  const [busy, idle] = await Promise.all([
    measuredWork(() => store.records.read(query)),
    measuredWork(() => pause(30)),
  ]);
  expect([busy.storeMs, idle]).toEqual([30, { storeMs: 0, hashMs: 0, remembered: 0 }]);
});

test('hash time is measured apart, and a password found in memory is counted', async () => {
  const fake = testHasher();
  const hasher = timedHasher({
    ...fake,
    verify: async (...check: Parameters<typeof fake.verify>) => {
      await pause(20);
      return fake.verify(...check);
    },
  });
  const { password } = testAccount();
  if (!password || password.accepts === 'plainOnce') throw new Error('the test account has a verifier');
  const { hashMs, remembered } = await measuredWork(async () => {
    await hasher.verify(password.verifier, md5Hex('x'));
    noteRemembered();
  });
  expect([hashMs, remembered]).toEqual([20, 1]);
});

test('the time of a request that fails counts too, and its error is the same', async () => {
  const store = openSqliteInMemory();
  const read: Store['records']['read'] = async () => {
    await pause(10);
    throw new Error('down');
  };
  const { records } = timedStore({ ...store, records: { read } });
  let error: unknown;
  const { storeMs } = await measuredWork(async () => {
    error = await records.read(query).catch((cause: unknown) => cause);
  });
  expect([error, storeMs]).toEqual([new Error('down'), 10]);
});

test('outside a request nothing is measured and all works', async () => {
  vi.useRealTimers();
  expect((await slow(0).records.read(query)).account).toBeUndefined();
  expect(noteRemembered()).toBeUndefined();
});
