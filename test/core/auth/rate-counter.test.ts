import { expect, test } from 'vitest';
import type { Username } from '../../../core/accounts/username.ts';
import { createRateCounter } from '../../../core/auth/rate-counter.ts';
import { testClock } from '../../support/ports.ts';

test('of more accounts than are counted, those that asked longest ago are forgotten', () => {
  const rate = createRateCounter(testClock(), { count: 1, seconds: 300 });
  const name = (i: number) => `u${i}` as Username;
  for (let i = 0; i < 10_000; i++) expect(rate.allows(name(i))).toBe(true);
  expect(rate.allows(name(0))).toBe(false);
  expect(rate.allows(name(10_000))).toBe(true);
  expect([name(0), name(2), name(1)].map((account) => rate.allows(account))).toEqual([false, false, true]);
});
