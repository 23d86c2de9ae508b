import { expect, test } from 'vitest';
import { md5Hex } from '../../../core/digest.ts';
import type { Store } from '../../../core/ports.ts';
import { memoryStore } from '../../../infra/store/memory.ts';
import { measured, noteRemembered, timedHasher, timedStore } from '../../../infra/telemetry/measures.ts';
import { testAccount, testHasher } from '../../support/ports.ts';
import { named } from '../../support/site.ts';

const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

const slow = (ms: number) => {
  const store = memoryStore();
  const read = async (...query: Parameters<typeof store.records.read>) => {
    await pause(ms);
    return store.records.read(...query);
  };
  return timedStore({ ...store, records: { read } });
};
const query = { account: named('test'), sessions: [], refusals: [] };

test('requests one after another add up; parallel ones count once', async () => {
  const { records } = slow(40);
  const [, twice] = await measured(async () => {
    await records.read(query);
    await records.read(query);
  });
  const [, both] = await measured(() => Promise.all([records.read(query), records.read(query)]));
  expect(twice.storeMs).toBeGreaterThan(both.storeMs * 1.3);
});

test('requests of calls that run at the same time do not mix', async () => {
  const store = slow(30);
  const [[, busy], [, idle]] = await Promise.all([
    measured(() => store.records.read(query)),
    measured(() => pause(30)),
  ]);
  expect(busy.storeMs).toBeGreaterThan(0);
  expect(idle).toEqual({ storeMs: 0, hashMs: 0, remembered: 0 });
});

test('hash time is told apart, and a password found in memory is counted', async () => {
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
  const [, measures] = await measured(async () => {
    await hasher.verify(password.verifier, md5Hex('x'));
    noteRemembered();
  });
  expect(measures.hashMs).toBeGreaterThan(0);
  expect(measures.remembered).toBe(1);
});

test('the time until a spent challenge is safe counts, beside the time to spend it', async () => {
  const safe = pause(30);
  const spend: Store['spent']['spend'] = async () => ({ outcome: 'spent', safe });
  const { spent } = timedStore({ ...memoryStore(), spent: { spend } });
  const [spending, { storeMs: alone }] = await measured(() => spent.spend('nonce', 1));
  const [, { storeMs }] = await measured(async () => (await spent.spend('nonce', 1)).safe);
  expect(spending.outcome).toBe('spent');
  expect(storeMs).toBeGreaterThan(alone);
});

test('the time of a request that fails counts too, and its error is the same', async () => {
  const store = memoryStore();
  const read: Store['records']['read'] = async () => {
    await pause(10);
    throw new Error('down');
  };
  const { records } = timedStore({ ...store, records: { read } });
  const [error, { storeMs }] = await measured(() => records.read(query).catch((cause: unknown) => cause));
  expect(error).toEqual(new Error('down'));
  expect(storeMs).toBeGreaterThan(0);
});

test('outside a request nothing is measured and all works', async () => {
  expect((await slow(0).records.read(query)).account).toBeUndefined();
  expect(noteRemembered()).toBeUndefined();
});
