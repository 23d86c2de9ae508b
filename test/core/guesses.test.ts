/** Guesses sent at once: a ban leaves no more of them than of guesses sent one after another. */
import { describe, expect, test } from 'vitest';
import type { BanWatch, RefusalKey } from '../../core/bans.ts';
import { createGuessGate } from '../../core/guesses.ts';
import type { PasswordHasher } from '../../core/ports.ts';
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

describe('the gate', () => {
  const watch: BanWatch = { key: 'a' as RefusalKey, rule: { refusals: 2, seconds: 10 } };

  test('makes place when a guess leaves, and forgets a key with no guess under way', async () => {
    const gate = createGuessGate(testClock(1_000_000));
    const enter = () => gate.enter([watch], new Map());
    const [first, second] = await Promise.all([enter(), enter()]);
    let entered = 0;
    const waiting = [enter(), enter()].map(async (entering) => {
      const seat = await entering;
      entered++;
      return seat;
    });
    await Promise.resolve();
    expect(entered).toBe(0);
    if (first !== 'banned') first.leave();
    const third = await Promise.race(waiting);
    expect(entered).toBe(1);
    if (second !== 'banned') second.leave();
    if (third !== 'banned') third.leave();
    for (const seat of await Promise.all(waiting)) if (seat !== 'banned' && seat !== third) seat.leave();
  });

  test('leaves a guess a place under each of its keys, or under none', async () => {
    const gate = createGuessGate(testClock(1_000_000));
    const other: BanWatch = { ...watch, key: 'b' as RefusalKey };
    const full = new Map([[other.key, [999_999, 999_999]]]);
    expect(await gate.enter([watch, other], full)).toBe('banned');
    const seats = await Promise.all([gate.enter([watch], new Map()), gate.enter([watch], new Map())]);
    expect(seats).not.toContain('banned');
  });
});
