/** The committed counts, which the guide's costs are computed from, are those of the functions as they are now. */
import { expect, test } from 'vitest';
import { canRunLambda } from '../support/packaged.ts';
import { requireProgram } from '../support/requirements.ts';
import committed from './aws/measured.json' with { type: 'json' };
import { measureBilled } from './billed.ts';
import { planOf } from './plan.ts';

/** Milliseconds: the runtime client may have to be compiled first, beside other tests. */
const firstTime = 600_000;

const canMeasure = canRunLambda() && requireProgram('java');

test.skipIf(!canMeasure)(
  'rows and requests of each call, and metrics, are as committed; if not, run npm run scale -- --measure',
  async () => {
    const plan = planOf({ quick: true, rounds: 1, json: true, write: false });
    const { calls, metrics, start } = await measureBilled(plan);
    const counts = (rows: typeof calls) =>
      rows.map(({ call, requests, rowsRead, rowsWritten, logLines }) => {
        return { call, requests, rowsRead, rowsWritten, logLines };
      });
    expect(counts(calls)).toEqual(counts(committed.calls));
    expect(metrics).toEqual(committed.metrics);
    for (const { ms, cpu, requests } of calls) {
      // Requests of a call that wait for one another take as long as one at the least.
      expect(ms.low).toBeGreaterThan(requests === 0 ? 0 : committed.delay);
      expect(cpu).toBeGreaterThan(0);
    }
    expect(start.cpu).toBeGreaterThan(0);
  },
  firstTime,
);
