/** `npm run scale`: writes the cost tables of the guide, and the page about scale with its picture. */
import { writeFileSync } from 'node:fs';
import { Command } from 'commander';
import { type Billed, measureBilled } from '../billed.ts';
import { planOf } from '../plan.ts';
import committed from './measured.json' with { type: 'json' };
import { measuredFile, writeGuideFiles } from './pages.ts';

// The emulator goes with this process.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => process.exit(130));

const { measure } = new Command('scale')
  .description(
    'Writes the cost tables of infra/guides/aws.md, infra/guides/scale.md and its picture,\n' +
      'from test/bench/aws/measured.json, the prices beside it, and the alarms of the template.',
  )
  .option('--measure', 'measure the calls first, and write measured.json (about a minute)', false)
  .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : 2))
  .parse()
  .opts<{ readonly measure: boolean }>();

await writeGuideFiles(measure ? await measured() : committed);
process.exit();

async function measured(): Promise<Billed> {
  const plan = planOf({ quick: false, json: false, write: true });
  const missing = plan.missing('billed');
  if (missing !== undefined) throw new Error(`nothing can be measured here: ${missing}`);
  const billed = await measureBilled(plan);
  plan.say('');
  writeFileSync(measuredFile, `${JSON.stringify(billed, null, 2)}\n`);
  return billed;
}
