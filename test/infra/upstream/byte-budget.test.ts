/** The bytes that relayed calls share. */
import { expect, test } from 'vitest';
import { byteBudget } from '../../../infra/upstream/byte-budget.ts';

const never = new AbortController().signal;

test('a reservation waits until there is room, in its turn', async () => {
  const budget = byteBudget(10);
  const order: string[] = [];
  const first = await budget.reserve(8, never);
  const large = budget.reserve(9, never).then((held) => {
    order.push('large');
    held.release();
  });
  const small = budget.reserve(1, never).then(() => order.push('small'));
  await Promise.resolve();
  expect(order).toEqual([]);
  first.release();
  await Promise.all([large, small]);
  expect(order).toEqual(['large', 'small']);
});

test('what is not used is given back at once, and the rest once only', async () => {
  const budget = byteBudget(10);
  const held = await budget.reserve(10, never);
  held.shrink(4);
  const other = await budget.reserve(6, never);
  held.release();
  held.release();
  await budget.reserve(4, never);
  other.release();
});

test('a wait that is given up leaves room for those behind it', async () => {
  const budget = byteBudget(10);
  await budget.reserve(8, never);
  const stop = new AbortController();
  const given = budget.reserve(9, stop.signal);
  const behind = budget.reserve(2, never);
  stop.abort(new Error('too late'));
  await expect(given).rejects.toThrow('too late');
  await behind;
  await expect(budget.reserve(1, AbortSignal.abort(new Error('gone')))).rejects.toThrow('gone');
});
