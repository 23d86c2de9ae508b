/** The promises of SECURITY.md hold in whole deployments on bad days, and a run finds faults that are planted. */
import { expect, test } from 'vitest';
import { tally } from '../support/tally.ts';
import { plantedFaults } from './faults.ts';
import { invariants } from './model.ts';
import { runSeeds } from './seeds.ts';
import { reportOf, shorten } from './shorten.ts';
import { type Run, simulate } from './simulate.ts';
import { kinds, stepsOf } from './steps.ts';
import type { Fault } from './world.ts';

/** Seeds that `npm test` runs. */
const count = 2000;

/** The first failing run of some seeds. */
async function firstFailure(from: number, count: number, fault: Fault = {}): Promise<Run | undefined> {
  for (let seed = from; seed < from + count; seed++) {
    const run = await simulate(seed, fault);
    if (run.violation) return run;
  }
  return undefined;
}

test('in whole deployments every promise holds, and every kind of step comes', async ({ task }) => {
  const { events, failed } = await runSeeds({ from: 1, count });
  expect(failed).toBe('');
  expect(Object.keys(kinds).filter((kind) => !events[`step: ${kind}`])).toEqual([]);
  tally(task, 'deployments simulated', count);
});

test('a seed runs the same way each time', async () => {
  for (const seed of [3, 4]) expect((await simulate(seed)).script).toEqual((await simulate(seed)).script);
});

test.for(plantedFaults)('$name: found', async ({ within, breaks, ...fault }) => {
  const found = await firstFailure(1, within, fault);
  expect(breaks).toContain(found?.violation?.invariant);
});

test('a failing run is shortened, and its script says how to replay it', async () => {
  const [fault] = plantedFaults;
  const found = await firstFailure(1, fault?.within ?? 0, fault);
  if (!found) throw new Error('nothing failed');
  const short = await shorten(found, fault);
  expect(short.steps.length).toBeLessThan(10);
  expect(reportOf(short)).toContain(
    `--from ${found.seed} --steps ${short.steps.map(({ number }) => number)}`,
  );
  const again = await simulate(
    found.seed,
    fault,
    stepsOf(found.seed).filter(({ number }) => short.steps.some((step) => step.number === number)),
  );
  expect(again.script).toEqual(short.script);
  expect(again.violation?.message).toContain(invariants.once);
});
