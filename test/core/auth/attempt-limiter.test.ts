/** Guesses sent at once: a ban leaves no more of them than of guesses sent one after another. */
import { describe, expect, test } from 'vitest';
import { createAttemptLimiter } from '../../../core/auth/attempt-limiter.ts';
import type { BanWatch, RefusalKey } from '../../../core/auth/bans.ts';
import { StoreUnavailable } from '../../../core/failures.ts';
import type { PasswordHasher, Ports, RecordReader } from '../../../core/ports.ts';
import { openSqliteInMemory } from '../../../infra/stores/sqlite/sqlite-store.ts';
import { testClock, testHasher } from '../../support/ports.ts';
import { openSite, right, type Wire, wires, wrong } from '../../support/site.ts';

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
  const store = openSqliteInMemory();
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
  const store = openSqliteInMemory();
  const site = await openSite(
    {},
    {},
    { records: store.records, refused: store.refused, accounts: store.accounts },
  );
  for (let i = 0; i < 5; i++) await site.call('flat', 'login', wrong);
  await store.sweep(site.clock.now() + 1_800_000);
  expect((await site.call('flat', 'login', right)).why).toMatch(/temporarily banned/);
});

describe('while the store cannot count refusals', () => {
  const failing = () => {
    const store = { counts: 0, fails: true };
    const { records, accounts, refused } = openSqliteInMemory();
    const overrides: Partial<Ports> = {
      records,
      accounts,
      refused: {
        async count(...entries) {
          store.counts++;
          await new Promise((resolve) => setTimeout(resolve, 5));
          if (store.fails) throw new StoreUnavailable('the disk is full');
          return refused.count(...entries);
        },
      },
    };
    return { store, overrides };
  };
  const unavailable = 'Server error: Database temporarily unavailable';

  test('five wrong guesses are 502, then the ban comes all the same', async () => {
    const site = await openSite({}, {}, failing().overrides);
    for (let i = 0; i < 5; i++) expect((await site.call('flat', 'login', wrong)).why).toBe(unavailable);
    for (const guess of [wrong, right]) {
      expect((await site.call('flat', 'login', guess)).why).toMatch(/temporarily banned/);
    }
  });

  test('right credentials still enter, as long as there is no ban', async () => {
    const site = await openSite({}, {}, failing().overrides);
    for (let i = 0; i < 4; i++) await site.call('flat', 'login', wrong);
    expect((await site.call('flat', 'login', right)).ok).toBe(true);
  });

  test('those that wait are not verified either', async () => {
    const { store, overrides } = failing();
    const hasher = slowHasher();
    const site = await openSite({}, {}, { ...overrides, hasher });
    const replies = await Promise.all(Array.from({ length: 50 }, () => site.call('flat', 'login', wrong)));
    expect(replies.filter(({ why }) => why === unavailable)).toHaveLength(5);
    expect(replies.filter(({ why }) => why.includes('temporarily banned'))).toHaveLength(45);
    expect([store.counts, hasher.verified]).toEqual([5, 5]);
  });

  test('what it could not count and what it counts again make one ban', async () => {
    const { store, overrides } = failing();
    const site = await openSite({}, {}, overrides);
    for (let i = 0; i < 3; i++) await site.call('flat', 'login', wrong);
    store.fails = false;
    site.clock.advance(1000);
    for (let i = 0; i < 2; i++)
      expect((await site.call('flat', 'login', wrong)).why).toBe('Invalid password');
    expect((await site.call('flat', 'login', right)).why).toMatch(/temporarily banned/);
  });

  test('the ban ends as any other does', async () => {
    const site = await openSite({}, {}, failing().overrides);
    for (let i = 0; i < 5; i++) await site.call('flat', 'login', wrong);
    site.clock.advance(300_000);
    expect((await site.call('flat', 'login', right)).ok).toBe(true);
  });

  test('other accounts and other addresses are not banned by it', async () => {
    const site = await openSite({}, {}, failing().overrides);
    for (let i = 0; i < 5; i++) await site.call('flat', 'login', wrong);
    expect((await site.call('flat', 'login', right, { address: '198.51.100.1' })).ok).toBe(true);
  });
});

describe('the limiter', () => {
  const watch: BanWatch = { key: 'a' as RefusalKey, rule: { refusals: 2, seconds: 10 } };
  const nothing = new Map<RefusalKey, number[]>();

  test('gives the next permit when an attempt ends', async () => {
    const limiter = createAttemptLimiter(testClock(1_000_000));
    const attempts = Array.from({ length: 4 }, () => limiter.begin([watch]));
    let entered = 0;
    const entering = attempts.map(async (attempt) => {
      await attempt.acquire(nothing);
      entered++;
      return attempt;
    });
    const [first, second] = await Promise.all(entering.slice(0, 2));
    await Promise.resolve();
    expect(entered).toBe(2);
    first?.end();
    const third = await Promise.race(entering.slice(2));
    expect(entered).toBe(3);
    second?.end();
    third.end();
    await Promise.all(entering);
    expect(entered).toBe(4);
  });

  test.each([
    ['knows of a ban as long as a guess is on its way', true, true],
    ['forgets a key with no guess on its way', false, false],
  ])('%s', async (_, another, isBanned) => {
    const limiter = createAttemptLimiter(testClock(1_000_000));
    const [attempt, other] = [limiter.begin([watch]), limiter.begin([watch])];
    const permit = await attempt.acquire(nothing);
    // Two answers that arrive in the other order.
    if (permit !== 'banned')
      for (const times of [[1, 2], [1]]) permit.counted(new Map([[watch.key, times.map(() => 999_999)]]));
    if (!another) other.end();
    attempt.end();
    const late = another ? other : limiter.begin([watch]);
    expect((await late.acquire(nothing)) === 'banned').toBe(isBanned);
  });

  test('gives a permit under each of the keys, or under none', async () => {
    const limiter = createAttemptLimiter(testClock(1_000_000));
    const other: BanWatch = { ...watch, key: 'b' as RefusalKey };
    const full = new Map([[other.key, [999_999, 999_999]]]);
    const banned = limiter.begin([watch, other]);
    expect(await banned.acquire(full)).toBe('banned');
    banned.end();
    const permits = await Promise.all([1, 2].map(() => limiter.begin([watch]).acquire(nothing)));
    expect(permits).not.toContain('banned');
  });
});
