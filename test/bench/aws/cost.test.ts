/** What a call costs, computed by hand beside the code. */
import { expect, test } from 'vitest';
import { billedMs, millionCalls } from './cost.ts';

const measured = { ms: { median: 20, low: 19, high: 21 }, cpu: 4 };

test('milliseconds of a whole core are billed as those of the part that a function of 1 GB has', () => {
  expect(billedMs(measured)).toBe(Math.ceil(20 + 4 * (1769 / 1024 - 1)));
});

test('a million calls cost their requests, their time, their rows and their log', () => {
  const row = {
    call: 'login',
    requests: 2,
    rowsRead: 3,
    rowsWritten: 1,
    logBytes: 1300,
    logLines: 3,
    ...measured,
  };
  const costs = millionCalls(row);
  expect(costs.api).toBe(1);
  // 23 ms of a gigabyte, a million times.
  expect(costs.function).toBeCloseTo(0.2 + 23 * 0.0133334, 6);
  expect(costs.tables).toBeCloseTo(3 * 0.125 + 0.625, 6);
  // Seven lines with 26 bytes each beside their text; three months of 15 % of that.
  const gigabytes = (1e6 * (1300 + 290 + 340 + 7 * 26)) / 2 ** 30;
  expect(costs.log).toBeCloseTo(gigabytes * (0.5 + 3 * 0.15 * 0.03), 6);
  expect(costs.together).toBeCloseTo(costs.api + costs.function + costs.tables + costs.log, 6);
});
