/** More seeds than `npm test` runs. */
import { expect, test } from 'vitest';
import { reportOf, shorten } from './shorten.ts';
import { simulate } from './simulate.ts';

test('in ten thousand more deployments every promise holds', async () => {
  let report = '';
  for (let seed = 100_001; seed <= 110_000 && report === ''; seed++) {
    const run = await simulate(seed);
    if (run.violation) report = reportOf(await shorten(run));
  }
  expect(report).toBe('');
});
