/** Guesses sent at once: a ban leaves no more of them than of guesses sent one after another. */
import { describe, expect, test } from 'vitest';
import type { BanWatch, RefusalKey } from '../../core/bans.ts';
import { createGuessGate } from '../../core/guesses.ts';
import { type PasswordHasher, type Ports, type RecordReader, StoreUnavailable } from '../../core/ports.ts';
import { memoryStore } from '../../infra/store/memory.ts';
import { testClock, testHasher } from '../support/ports.ts';
import { openSite, right, type Wire, wires, wrong } from '../support/site.ts';

/** A hasher that takes its turn of the event loop, as argon2 does. */
function slowHasher(): PasswordHasher & { mostAtOnce: number; verified: number } {
  const fake = testHasher();
  let underWay = 0;
  const hasher = {
    ...fake,
    mostAtOnce: 0,
    verified: 0,
    async verify(...check: Parameters<PasswordHasher['verify']>) {
      hasher.verified++;
      hasher.mostAtOnce = Math.max(hasher.mostAtOnce, ++underWay);
      await new Promise((resolve) => setTimeout(resolve, 2));
      underWay--;
      return fake.verify(...check);
    },
  };
  return hasher;
}

const burst = async (wire: Wire, count: number, hasher: PasswordHasher, rightAt = -1) => {
  const site = await openSite({}, {}, { hasher });
  const calls = Array.from({ length: count }, (_, i) =>
    site.call(wire, 'login', i === rightAt ? right : wrong),
  );
  return (await Promise.all(calls)).map(({ ok, why }) => (ok ? 'in' : why));
};

describe.each(wires)('200 wrong passwords at once over %s', (wire) => {
  test('five are verified and refused with 101, the rest are banned', async () => {
    const hasher = slowHasher();
    const whys = await burst(wire, 200, hasher);
    expect(whys.filter((why) => why.endsWith('Invalid password'))).toHaveLength(5);
    expect(whys.filter((why) => why.includes('temporarily banned'))).toHaveLength(195);
    expect([hasher.verified, hasher.mostAtOnce]).toEqual([5, 5]);
  });

  test('the right one among them gets in only where it would have, sent one after another', async () => {
    expect((await burst(wire, 50, slowHasher(), 4))[4]).toBe('in');
    expect((await burst(wire, 50, slowHasher(), 20))[20]).toMatch(/temporarily banned/);
  });
});

test('right passwords at once all get in', async () => {
  const site = await openSite({}, {}, { hasher: slowHasher() });
  const replies = await Promise.all(Array.from({ length: 60 }, () => site.call('flat', 'login', right)));
  expect(replies.filter(({ ok }) => ok)).toHaveLength(60);
});

test('a guess that other processes were quicker than is banned, not refused', async () => {
  const site = await openSite();
  const { refused } = site.ports;
  const others = await openSite(
    {},
    {},
    {
      refused: {
        async count(entries, at) {
          for (let i = 0; i < 5; i++) await refused.count(entries, at);
          return refused.count(entries, at);
        },
      },
    },
  );
  expect((await others.call('flat', 'login', wrong)).why).toMatch(/temporarily banned/);
});

test('a guess whose read was slow meets the ban that was made meanwhile', async () => {
  const hasher = slowHasher();
  const store = memoryStore();
  const held = Promise.withResolvers<void>();
  let reads = 0;
  const records: RecordReader = {
    async read(query) {
      const found = await store.records.read(query);
      if (++reads > 5) await held.promise;
      return found;
    },
  };
  const { accounts, refused } = store;
  const site = await openSite({}, {}, { hasher, records, accounts, refused });
  const calls = Array.from({ length: 8 }, () => site.call('flat', 'login', wrong));
  await Promise.all(calls.slice(0, 5));
  held.resolve();
  expect((await Promise.all(calls.slice(5))).map(({ why }) => why)).toEqual(
    Array(3).fill(expect.stringContaining('temporarily banned')),
  );
  expect(hasher.verified).toBe(5);
});

test('a ban is not swept away by a clock that is half an hour ahead', async () => {
  const store = memoryStore();
  const site = await openSite(
    {},
    {},
    { records: store.records, refused: store.refused, accounts: store.accounts },
  );
  for (let i = 0; i < 5; i++) await site.call('flat', 'login', wrong);
  await store.sweep(site.clock.now() + 1_800_000);
  expect((await site.call('flat', 'login', right)).why).toMatch(/temporarily banned/);
});

test('guesses that wait for one that cannot be counted do not wait for the next', async () => {
  let counts = 0;
  const failing: Partial<Ports> = {
    refused: {
      async count() {
        counts++;
        await new Promise((resolve) => setTimeout(resolve, 5));
        throw new StoreUnavailable('down');
      },
    },
  };
  const site = await openSite({}, {}, failing);
  const replies = await Promise.all(Array.from({ length: 50 }, () => site.call('flat', 'login', wrong)));
  expect(new Set(replies.map(({ why }) => why))).toEqual(
    new Set(['Server error: Database temporarily unavailable']),
  );
  expect(counts).toBe(5);
});

describe('the gate', () => {
  const watch: BanWatch = { key: 'a' as RefusalKey, rule: { refusals: 2, seconds: 10 } };
  const nothing = new Map<RefusalKey, number[]>();

  test('makes place when a guess leaves', async () => {
    const gate = createGuessGate(testClock(1_000_000));
    const visits = Array.from({ length: 4 }, () => gate.approach([watch]));
    let entered = 0;
    const entering = visits.map(async (visit) => {
      await visit.enter(nothing);
      entered++;
      return visit;
    });
    const [first, second] = await Promise.all(entering.slice(0, 2));
    await Promise.resolve();
    expect(entered).toBe(2);
    first?.leave();
    const third = await Promise.race(entering.slice(2));
    expect(entered).toBe(3);
    second?.leave();
    third.leave();
    await Promise.all(entering);
    expect(entered).toBe(4);
  });

  test.each([
    ['knows of a ban as long as a guess is on its way', true, 'banned'],
    ['forgets a key with no guess on its way', false, expect.anything()],
  ])('%s', async (_, another, outcome) => {
    const gate = createGuessGate(testClock(1_000_000));
    const [visit, other] = [gate.approach([watch]), gate.approach([watch])];
    const seat = await visit.enter(nothing);
    // Two answers that arrive in the other order.
    if (seat !== 'banned')
      for (const times of [[1, 2], [1]]) seat.learn(new Map([[watch.key, times.map(() => 999_999)]]));
    if (!another) other.leave();
    visit.leave();
    const late = another ? other : gate.approach([watch]);
    expect(await late.enter(nothing)).toEqual(outcome);
  });

  test('leaves a guess a place under each of its keys, or under none', async () => {
    const gate = createGuessGate(testClock(1_000_000));
    const other: BanWatch = { ...watch, key: 'b' as RefusalKey };
    const full = new Map([[other.key, [999_999, 999_999]]]);
    const banned = gate.approach([watch, other]);
    expect(await banned.enter(full)).toBe('banned');
    banned.leave();
    const seats = await Promise.all([1, 2].map(() => gate.approach([watch]).enter(nothing)));
    expect(seats).not.toContain('banned');
  });
});
