/** The Worker's start: processor time to read and run its modules, which Cloudflare limits. */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as v from 'valibot';
import { runWrangler } from '../support/wrangler.ts';
import type { Plan } from './plan.ts';
import { type Summary, summary } from './statistics.ts';

/** How long the Worker's start takes, in ms. */
export interface WorkerStart {
  readonly ms: Summary;
}

/** V8's profile; times in microseconds. */
const profile = v.object({
  nodes: v.array(v.object({ id: v.number(), callFrame: v.object({ functionName: v.string() }) })),
  samples: v.array(v.number()),
  timeDeltas: v.array(v.number()),
});

/** Has wrangler profile the start in workerd, again and again. */
export async function measureWorkerStart(plan: Plan): Promise<WorkerStart> {
  const folder = await mkdtemp(join(tmpdir(), 'ljgate-bench-'));
  const file = join(folder, 'start.cpuprofile');
  try {
    const times: number[] = [];
    for (let round = 1; round <= Math.min(plan.rounds, 5); round++) {
      plan.say(`start of the Worker: round ${round}`);
      await runWrangler('check', 'startup', '--outfile', file);
      times.push(busyTime(v.parse(profile, JSON.parse(await readFile(file, 'utf8')))));
    }
    return { ms: summary(times) };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** What was not spent waiting, in ms. */
function busyTime({ nodes, samples, timeDeltas }: v.InferOutput<typeof profile>): number {
  const idle = new Set(
    nodes.filter(({ callFrame }) => callFrame.functionName === '(idle)').map(({ id }) => id),
  );
  const busy = timeDeltas.filter((_, i) => !idle.has(samples[i] ?? 0));
  return busy.reduce((sum, delta) => sum + delta, 0) / 1000;
}
