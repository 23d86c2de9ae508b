/**
 * `npm run check:budget`: fails when something has become twice as slow. Ratios within one run, so that the
 * machine's speed cancels out; but for nothing else to run beside it.
 */
import { margin, usualCodecs, usualWork } from './budget.ts';
import { measureCodecs } from './codecs.ts';
import { planOf } from './plan.ts';
import { measureWork } from './work.ts';

const plan = {
  ...planOf({ quick: true, json: false, write: false, rounds: 9 }),
  waveMs: 250,
  codecMs: 60,
  wants: (work: string) => work in usualWork,
  say() {},
};

/** A ratio as it was measured. */
type Ratio = readonly [name: string, now: number | undefined];

async function conversations(): Promise<Ratio[]> {
  return (await measureWork(plan)).map(({ work, cpuShare }) => [work, cpuShare.median]);
}

async function codecs(): Promise<Ratio[]> {
  const own = (await measureCodecs(plan)).filter(({ codec }) => codec === 'ljgate, XML-RPC');
  return own.map(({ does, ofSax }) => [does, ofSax?.median]);
}

/** What is below its budget, in words that say by how much; what was not measured is, too. */
function tooSlow(ratios: readonly Ratio[], usual: Readonly<Record<string, number>>): string[] {
  const measured = new Map(ratios);
  return Object.entries(usual).flatMap(([name, ratio]) => {
    const now = measured.get(name) ?? 0;
    return now >= margin * ratio ? [] : [`${name}: ${now.toFixed(3)}, usually ${ratio}`];
  });
}

/** Once more where it was too slow: another program may have taken the one core that a wave needed. */
async function check(measure: () => Promise<Ratio[]>, usual: Readonly<Record<string, number>>) {
  const slow = tooSlow(await measure(), usual);
  return slow.length > 0 ? tooSlow(await measure(), usual) : slow;
}

const slow = [...(await check(conversations, usualWork)), ...(await check(codecs, usualCodecs))];
for (const line of slow) console.error(line);
process.exit(slow.length > 0 ? 1 : 0);
