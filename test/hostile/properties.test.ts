/** The properties, tried briefly, with the same seed in every run; `LJGATE_SEED` tries another. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { times } from '../support/effort.ts';
import { requireProgram } from '../support/requirements.ts';
import { type Ljgate, startLjgate } from '../support/server.ts';
import { tally } from '../support/tally.ts';
import { intended } from './comparison.ts';
import { properties } from './properties.ts';
import { type PythonReader, startPythonReader } from './python-reader.ts';

const seed = Number(process.env['LJGATE_SEED'] ?? 1);

let server: Ljgate;
let reader: PythonReader | undefined;
const python = () => {
  reader ??= startPythonReader();
  return reader;
};
beforeAll(async () => {
  server = await startLjgate('--demo', '--store', 'memory');
});
afterAll(async () => {
  reader?.close();
  await server.stop();
});

const asksPython = 'documents compared with Python and expat';

for (const { name, trial, runs, attempt } of properties) {
  const able = trial !== asksPython || requireProgram('python3');
  test.skipIf(!able)(name, { timeout: 600_000 }, async ({ task }) => {
    const tried = await attempt({ python, url: server.url }, { seed, numRuns: times(runs, runs * 20) });
    expect(tried.failure).toBeUndefined();
    expect(server.log.filter(({ level }) => level === 'ERROR')).toEqual([]);
    tally(task, trial, tried.runs);
  });
}

test('every difference from Python that is meant says why', () => {
  expect(intended.every(({ reason }) => reason.length > 20)).toBe(true);
});
