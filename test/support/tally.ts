/**
 * What the hostile tests tried, counted for the table in SECURITY.md. Counts of the short run are the same
 * in every run: inputs are files, and whatever is random has a fixed seed.
 */
import type { TaskMeta } from 'vitest';

/** What is counted, one row of the table each. */
export type Trial = (typeof trials)[number];

export const trials = [
  'hostile inputs',
  'property cases',
  'documents compared with Python and expat',
  'races',
  'calls on a failing store',
  'faults injected',
  'kills survived',
  'disk failures',
  'calls in a flood',
  'secrets looked for',
  'timing comparisons',
  'deployments simulated',
] as const;

declare module 'vitest' {
  interface TaskMeta {
    tally?: Partial<Record<Trial, number>>;
  }
}

/** Adds to a row; call it once what was tried has held. */
export function tally({ meta }: { readonly meta: TaskMeta }, trial: Trial, count: number): void {
  meta.tally = { ...meta.tally, [trial]: (meta.tally?.[trial] ?? 0) + count };
}
