/**
 * `npm run bench`: measures ljgate beside a server that does nothing and beside others, in turn, in one
 * run on one machine, and says of each target whether it was met. Ratios, because machines differ.
 */
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { measuredFile, writeGuideFiles } from './aws/pages.ts';
import { measureBilled } from './billed.ts';
import { chart } from './chart.ts';
import { measureCodecs } from './codecs.ts';
import { measureDynamodb } from './dynamodb.ts';
import { measureGrowth } from './growth.ts';
import { measureLatency } from './latency.ts';
import { measureMemory } from './memory.ts';
import { readOptions } from './options.ts';
import { planOf } from './plan.ts';
import { measureRelay } from './relay.ts';
import { report } from './report.ts';
import { machine, type Results } from './results.ts';
import { measureStart } from './start.ts';
import { measureStartTricks } from './start-tricks.ts';
import { measureTricks } from './tricks.ts';
import { measureWork } from './work.ts';
import { measureWorkerStart } from './worker-start.ts';

// Programs and folders go with this process, and it does not go without saying so.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => process.exit(130));

const options = readOptions();
const plan = planOf(options);
let results: Results = { machine: machine(), rounds: plan.rounds, skipped: [] };

await part('work', async () => ({ work: await measureWork(plan) }));
await part('latency', async () => ({ latency: await measureLatency(plan) }));
await part('relay', async () => ({ relay: await measureRelay(plan) }));
await part('codecs', async () => ({ codecs: await measureCodecs(plan) }));
await part('tricks', async () => ({ tricks: await measureTricks(plan) }));
await part('start', () => measureStart(plan));
await part('worker-start', async () => ({ workerStart: await measureWorkerStart(plan) }));
await part('start-tricks', async () => ({ startTricks: await measureStartTricks(plan) }));
await part('growth', async () => ({ growth: await measureGrowth(plan) }));
await part('memory', async () => ({ memory: await measureMemory(plan) }));
await part('dynamodb', async () => ({ dynamodb: await measureDynamodb(plan) }));
await part('dynamodb', async () => ({ billed: await measureBilled(plan) }), 'billed');
plan.say('');

const complete = !options.quick && options.only === undefined && options.work === undefined;
if (complete || options.write) await write();
console.log(options.json ? JSON.stringify(results) : report(results));
process.exit();

/** Measures a part, if it is wanted; what cannot be measured here is skipped by name. */
async function part(name: string, measure: () => Promise<Partial<Results>>, needs = name): Promise<void> {
  if (options.only !== undefined && options.only !== name) return;
  const missing = plan.missing(needs);
  if (missing === undefined) results = { ...results, ...(await measure()) };
  else plan.skip(`${needs}: ${missing}`);
  results = { ...results, skipped: plan.skipped };
}

async function write(): Promise<void> {
  const beside = (name: string) => fileURLToPath(new URL(name, import.meta.url));
  if (results.work) writeFileSync(beside('results.svg'), await chart(results.work));
  if (results.billed) {
    writeFileSync(measuredFile, `${JSON.stringify(results.billed, null, 2)}\n`);
    await writeGuideFiles(results.billed);
  }
  writeFileSync(beside('RESULTS.md'), report(results, results.work && 'results.svg'));
}
