import { describe, expect, test } from 'vitest';
import type { Username } from '../../../core/accounts/username.ts';
import {
  type BanRule,
  banWatches,
  defaultBans,
  isBanned,
  isKeyOf,
  parseRefusalKey,
  recentRefusals,
  refusalKeyParts,
  refusalMemory,
} from '../../../core/auth/bans.ts';
import { networkOf, unknownNetwork } from '../../../core/auth/network.ts';
import { chooser } from '../random.ts';

const rule: BanRule = { refusals: 3, seconds: 10 };

describe('isBanned, by 3 refusals in 10 seconds', () => {
  test.each<[readonly number[], number, boolean, string]>([
    [[], 0, false, 'no refusals'],
    [[0, 1], 1, false, 'one too few'],
    [[0, 1, 2], 2, true, 'the third refusal starts the ban at once'],
    [[2, 0, 1], 2, true, 'in any order'],
    [[5, 5, 5], 5, true, 'all in one millisecond'],
    [[0, 5000, 9999], 9999, true, 'just inside the window'],
    [[0, 5000, 10_000], 10_000, false, 'the first has left the window'],
    [[0, 1, 2], 10_001, true, 'the last moment of the ban'],
    [[0, 1, 2], 10_002, false, 'the ban is over'],
    [[0, 4000, 9000], 18_999, true, 'the ban runs from the refusal that filled the window'],
    [[0, 1, 2, 11_000], 11_000, false, 'one more refusal after the ban starts anew'],
    [[0, 6000, 9000, 15_000], 24_999, true, 'later refusals that fill a window of their own prolong it'],
  ])('%j at %i: %j (%s)', (times, now, banned) => {
    expect(isBanned(times, rule, now)).toBe(banned);
  });

  test('one refusal bans where one is too many', () => {
    expect(isBanned([7], { refusals: 1, seconds: 1 }, 1006)).toBe(true);
    expect(isBanned([7], { refusals: 1, seconds: 1 }, 1007)).toBe(false);
  });
});

/** The rule, computed step by step as each refusal comes. */
function referenceBan({ refusals, seconds }: BanRule) {
  let until = Number.NEGATIVE_INFINITY;
  let recent: number[] = [];
  return {
    isBanned: (now: number) => now < until,
    refuse(now: number) {
      recent = [...recent.filter((time) => now - time < seconds * 1000), now];
      if (recent.length >= refusals) until = now + seconds * 1000;
    },
  };
}

test.each(Array.from({ length: 40 }, (_, i) => i))(
  'guesses at random times are banned just as by the rule computed step by step (run %i)',
  (run) => {
    const { below } = chooser(`bans ${run}`);
    const rule = { refusals: 1 + below(6), seconds: 1 + below(20) };
    const reference = referenceBan(rule);
    let times: number[] = [];
    let now = below(1000);
    const seen = { banned: 0, free: 0 };
    for (let guess = 0; guess < 300; guess++) {
      now += below((2500 * rule.seconds) / rule.refusals);
      const banned = isBanned(times, rule, now);
      expect(banned, `guess ${guess} at ${now} of ${times}`).toBe(reference.isBanned(now));
      seen[banned ? 'banned' : 'free']++;
      // A guess that was under way when the ban began is counted all the same.
      if (banned && below(3) > 0) continue;
      reference.refuse(now);
      // As the store does: what no window can reach any more is dropped.
      times = [now, ...times.filter((time) => time >= now - refusalMemory(rule))];
    }
    expect(Math.min(seen.banned, seen.free)).toBeGreaterThan(0);
  },
);

describe('banWatches', () => {
  const test_ = 'test' as Username;
  const home = networkOf('2001:db8:1:2::3');

  test('watch the account from its network, and the network over all accounts', () => {
    expect(banWatches(defaultBans, test_, home)).toEqual([
      { key: 'test@2001:db8:1:2::/64', rule: { refusals: 5, seconds: 300 } },
      { key: '*@2001:db8:1:2::/64', rule: { refusals: 100, seconds: 300 } },
    ]);
  });

  test('callers without an address are not banned together', () => {
    expect(banWatches(defaultBans, test_, unknownNetwork).map(({ key }) => key)).toEqual(['test@unknown']);
  });

  test('what is off is not watched', () => {
    expect(banWatches({ pair: 'off', sweep: rule }, test_, home).map(({ key }) => key)).toEqual([
      '*@2001:db8:1:2::/64',
    ]);
    expect(banWatches({ pair: 'off', sweep: 'off' }, test_, home)).toEqual([]);
  });
});

describe('the key of a row of refusals', () => {
  const keyOf = (text: string) => {
    const key = parseRefusalKey(text);
    if (!key) throw new Error(`${text} is no key`);
    return key;
  };

  test.each([
    ['test@192.0.2.1', { account: 'test', network: '192.0.2.1' }],
    ['test@*', { account: 'test', network: '*' }],
    ['*@2001:db8:1:2::/64', { network: '2001:db8:1:2::/64' }],
  ])('%s is read back', (text, parts) => {
    expect(refusalKeyParts(keyOf(text))).toEqual(parts);
  });

  test.each(['', '@', 'test', 'test@', '@192.0.2.1', 'a@b@c', 'test@@'])('%j is none', (text) => {
    expect(parseRefusalKey(text)).toBeUndefined();
  });

  test('is of its account and of its network, and of no other', () => {
    const key = keyOf('test@192.0.2.1');
    const [home, away] = [networkOf('192.0.2.1'), networkOf('192.0.2.2')];
    expect([isKeyOf(key, { account: 'test' as Username }), isKeyOf(key, { network: home })]).toEqual([
      true,
      true,
    ]);
    expect([isKeyOf(key, { account: 'other' as Username }), isKeyOf(key, { network: away })]).toEqual([
      false,
      false,
    ]);
    expect(isKeyOf(keyOf('*@192.0.2.1'), { account: '*' as Username })).toBe(false);
  });

  test('of an account from everywhere is watched where there is a rule for it', () => {
    const rules = { pair: 'off', sweep: 'off', account: rule } as const;
    const watches = banWatches(rules, 'test' as Username, networkOf('192.0.2.1'));
    expect(watches).toEqual([{ key: 'test@*', rule }]);
    expect(banWatches({ ...rules, account: 'off' }, 'test' as Username, networkOf('192.0.2.1'))).toEqual([]);
  });
});

test.each<[readonly number[], number, number]>([
  [[], 0, 0],
  [[0, 1, 2], 2, 3],
  [[2, 0, 1], 9999, 3],
  [[0, 1, 2], 10_000, 2],
  [[0, 1, 2], 10_002, 0],
  [[0, 30_000], 20_000, 1],
])('of the refusals at %j the window of ten seconds has at %i: %i', (times, now, recent) => {
  expect(recentRefusals(times, rule, now)).toBe(recent);
});
