/** Shortens a failing run: takes steps away for as long as the same invariant fails. */
import { type Run, simulate } from './simulate.ts';
import type { Fault } from './world.ts';

/** The shortest run found that breaks the same invariant. Takes away halves first, then single steps. */
export async function shorten(run: Run, fault: Fault = {}): Promise<Run> {
  let shortest = run;
  for (let size = Math.ceil(run.steps.length / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2)) {
    for (let at = 0; at < shortest.steps.length; ) {
      const left = shortest.steps.filter((_, i) => i < at || i >= at + size);
      const tried = await simulate(run.seed, fault, left);
      if (tried.violation?.invariant === run.violation?.invariant) shortest = tried;
      else at += size;
    }
  }
  return shortest;
}

/** A failing run as text: how to replay it, and what happened in it. */
export function reportOf({ seed, steps, script, violation }: Run): string {
  const only = steps.map(({ number }) => number).join(',');
  const replay = `npm run simulate -- --seeds 1 --from ${seed} --steps ${only}`;
  return [`seed ${seed}: ${violation?.message}`, `To replay it: ${replay}`, ...script].join('\n');
}
