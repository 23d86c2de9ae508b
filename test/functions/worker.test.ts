/** The Worker as it is deployed, in the real workerd. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startWorker } from '../support/worker.ts';
import type { RunningWorker } from '../support/wrangler.ts';

let worker: RunningWorker;
beforeAll(async () => {
  worker = await startWorker();
});
afterAll(() => worker.stop());

test('x', async () => {
  const r = await fetch(new URL('/interface/flat', worker.url), {
    method: 'POST',
    body: 'mode=login&user=test&password=test',
  });
  expect(await r.text()).toContain('Test Account');
  console.log(worker.log);
  await worker.sweep();
});
