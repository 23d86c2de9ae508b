import { expect, test } from 'vitest';
import type { BanWatch, RefusalKey } from '../../../core/auth/bans.ts';
import { uncountedRefusals } from '../../../core/auth/uncounted-refusals.ts';

const watchOf = (name: string): BanWatch => ({
  key: `${name}@192.0.2.1` as RefusalKey,
  rule: { refusals: 5, seconds: 10 },
});
const test_ = watchOf('test');

test('what the store lacks is added to what it gave, each key for itself', () => {
  const refusals = uncountedRefusals();
  refusals.add(test_, 1000);
  refusals.add(test_, 2000);
  expect(refusals.with(test_.key, [500])).toEqual([500, 1000, 2000]);
  expect(refusals.with(watchOf('other').key, [500])).toEqual([500]);
});

test('a time that the store has after all is not counted twice, two of one time are two', () => {
  const refusals = uncountedRefusals();
  for (const at of [1000, 1000, 2000]) refusals.add(test_, at);
  expect(refusals.with(test_.key, [1000])).toEqual([1000, 1000, 2000]);
  expect(refusals.with(test_.key, [2000, 1000, 1000])).toEqual([2000, 1000, 1000]);
});

test('what can matter no more is dropped when another comes', () => {
  const refusals = uncountedRefusals();
  refusals.add(test_, 1000);
  refusals.add(test_, 21_000);
  expect(refusals.with(test_.key, [])).toEqual([21_000]);
  refusals.add(test_, 40_999);
  expect(refusals.with(test_.key, [])).toEqual([21_000, 40_999]);
});

test('a key has the last thousand', () => {
  const refusals = uncountedRefusals();
  for (let i = 0; i < 1001; i++) refusals.add(test_, 1000 + i);
  const times = refusals.with(test_.key, []);
  expect([times.length, times[0], times.at(-1)]).toEqual([1000, 1001, 2000]);
});

test('of more than ten thousand keys those that were refused longest ago are dropped', () => {
  const refusals = uncountedRefusals();
  for (let i = 0; i < 10_000; i++) refusals.add(watchOf(`u${i}`), 1000);
  refusals.add(watchOf('u0'), 1001);
  expect(refusals.with(watchOf('u1').key, [])).toEqual([1000]);
  refusals.add(watchOf('one more'), 1001);
  expect(refusals.with(watchOf('u1').key, [])).toEqual([]);
  expect(refusals.with(watchOf('u0').key, [])).toEqual([1000, 1001]);
});
