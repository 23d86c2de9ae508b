/** The promises of SECURITY.md hold in whole deployments on bad days, and a run finds faults that are planted. */
import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { tally } from '../support/tally.ts';
import { plantedFaults } from './faults.ts';
import { invariants } from './model.ts';
import { reportOf, shorten } from './shorten.ts';
import { type Run, simulate } from './simulate.ts';
import { kinds, stepsOf } from './steps.ts';
import type { Fault } from './world.ts';

/** Seeds that `npm test` runs, half of them in each of two processes. */
const seeds = 2000;

const main = fileURLToPath(new URL('./main.ts', import.meta.url));

/** Runs seeds in a process of its own; gives the events that came, or why a promise was broken. */
async function simulated(
  from: number,
  count: number,
): Promise<{ events: readonly string[]; failed: string }> {
  const args = [main, '--json', '--seeds', String(count), '--from', String(from)];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'ignore'] });
  const { events, failed = '' } = JSON.parse(await text(child.stdout));
  return { events: Object.keys(events), failed };
}

/** The first failing run of some seeds. */
async function firstFailure(from: number, count: number, fault: Fault = {}): Promise<Run | undefined> {
  for (let seed = from; seed < from + count; seed++) {
    const run = await simulate(seed, fault);
    if (run.violation) return run;
  }
  return undefined;
}

test('in whole deployments every promise holds, and every kind of step comes', async ({ task }) => {
  const half = seeds / 2;
  const runs = await Promise.all([simulated(1, half), simulated(1 + half, half)]);
  expect(runs.map(({ failed }) => failed)).toEqual(['', '']);
  const seen = new Set(runs.flatMap(({ events }) => events));
  expect(Object.keys(kinds).filter((kind) => !seen.has(`step: ${kind}`))).toEqual([]);
  tally(task, 'deployments simulated', seeds);
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
