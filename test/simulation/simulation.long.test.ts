/** More seeds than `npm test` runs. */
import { expect, test } from 'vitest';
import { runSeeds } from './seeds.ts';

test('in ten thousand more deployments every promise holds', async () => {
  expect((await runSeeds({ from: 100_001, count: 10_000 })).failed).toBe('');
});
