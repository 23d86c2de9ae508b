import { expect, test } from 'vitest';
import type { Username } from '../../../core/accounts/username.ts';
import { createRateCounter } from '../../../core/auth/rate-counter.ts';
import { testClock } from '../../support/ports.ts';

test('a key has as many as the rule allows in its seconds, and others are not counted with it', () => {
  const clock = testClock();
  const rate = createRateCounter(clock, { count: 2, seconds: 10 });
  expect([rate.allows('a'), rate.isFull('a'), rate.allows('a'), rate.isFull('a')]).toEqual([
    true,
    false,
    true,
    true,
  ]);
  expect([rate.allows('a'), rate.isFull('b'), rate.allows('b')]).toEqual([false, false, true]);
  clock.advance(9_999);
  expect(rate.isFull('a')).toBe(true);
  clock.advance(1);
  expect([rate.isFull('a'), rate.allows('a')]).toEqual([false, true]);
});

test('where the rule is off nothing is counted', () => {
  const rate = createRateCounter(testClock(), 'off');
  for (let i = 0; i < 1000; i++) expect([rate.allows('a'), rate.isFull('a')]).toEqual([true, false]);
});

test('of more accounts than are counted, those that asked longest ago are forgotten', () => {
  const rate = createRateCounter(testClock(), { count: 1, seconds: 300 });
  const name = (i: number) => `u${i}` as Username;
  for (let i = 0; i < 10_000; i++) expect(rate.allows(name(i))).toBe(true);
  expect(rate.allows(name(0))).toBe(false);
  expect(rate.allows(name(10_000))).toBe(true);
  expect([name(0), name(2), name(1)].map((account) => rate.allows(account))).toEqual([false, false, true]);
});
