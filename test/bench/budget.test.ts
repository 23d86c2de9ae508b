/** Nothing has become twice as slow: ratios within one run, so that the machine's speed cancels out. */
import { expect, test } from 'vitest';
import { margin, usualCodecs, usualWork } from './budget.ts';
import { measureCodecs } from './codecs.ts';
import { planOf } from './plan.ts';
import { measureWork } from './work.ts';

const plan = {
  ...planOf({ quick: true, json: false, write: false, rounds: 5 }),
  waveMs: 250,
  codecMs: 60,
  wants: (work: string) => work in usualWork,
  say() {},
};

/** Other tests run beside these, and may take the one core that a wave needed. */
const retry = 1;

test('conversations take no more processor time beside the floor than they should', { retry }, async () => {
  const rows = await measureWork(plan);
  expect(rows.map(({ work }) => work)).toEqual(Object.keys(usualWork));
  expect(tooSlow(rows.map(({ work, cpuShare }) => [work, cpuShare, usualWork[work]]))).toEqual([]);
});

test('the XML-RPC adapter is no slower beside sax than it should be', { retry }, async () => {
  const rows = (await measureCodecs(plan)).filter(({ does }) => does in usualCodecs);
  const own = rows.filter(({ codec }) => codec === 'ljgate, XML-RPC');
  expect(own.map(({ does }) => does)).toEqual(Object.keys(usualCodecs));
  expect(tooSlow(own.map(({ does, ofSax }) => [does, ofSax?.median, usualCodecs[does]]))).toEqual([]);
});

/** What is below its budget, in words that say by how much. */
function tooSlow(
  ratios: readonly (readonly [name: string, now: number | undefined, usual: number | undefined])[],
): string[] {
  return ratios
    .filter(([, now = 0, usual = 0]) => !(now >= margin * usual))
    .map(([name, now, usual]) => `${name}: ${now?.toFixed(3)}, usually ${usual}`);
}
