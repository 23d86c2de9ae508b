/** Other people's parsers beside our adapters, and how either is timed. */
import { XMLParser } from 'fast-xml-parser';
import sax from 'sax';
import type { Plan } from './plan.ts';
import { pythonLoads } from './python.ts';

/** Something that reads or writes documents. */
export interface Candidate {
  readonly codec: string;
  readonly does: string;
  readonly bytes: readonly [number, number];
  /** Whose speed it is a share of. */
  readonly beside?: string;
  readonly target?: number;
  /** Does it again and again for this long, and gives how many times a second of processor time. */
  run(ms: number): Promise<number>;
}

/** Other people's parsers, which read a document and do nothing with it. */
export async function bare(plan: Plan, does: string, document: string): Promise<Candidate[]> {
  const parser = new XMLParser({ preserveOrder: true, parseTagValue: false, trimValues: false });
  const row = { does, beside: does, bytes: [Buffer.byteLength(document), 0] as const };
  const saxRun = async () => {
    const reader = sax.parser(true);
    reader.onopentag = () => {};
    reader.onclosetag = () => {};
    reader.ontext = () => {};
    reader.write(document).close();
  };
  const python = plan.peers ? await pythonOf(plan, document) : undefined;
  return [
    { ...row, codec: 'sax', run: (ms) => paced(ms, saxRun) },
    { ...row, codec: 'fast-xml-parser', run: (ms) => paced(ms, async () => parser.parse(document)) },
    ...(python ? [{ ...row, codec: "Python's xmlrpc.client.loads", run: python }] : []),
  ];
}

async function pythonOf(plan: Plan, document: string) {
  try {
    return await pythonLoads(document);
  } catch (error) {
    plan.skip(`Python's xmlrpc.client.loads: ${error instanceof Error ? error.message : String(error)}`);
    return undefined;
  }
}

/** Twenty at a time, so that the clock is not what is measured. Microseconds of all threads count. */
export async function paced(ms: number, once: () => Promise<unknown>): Promise<number> {
  const before = process.cpuUsage();
  const end = performance.now() + ms;
  let times = 0;
  do {
    for (let i = 0; i < 20; i++) await once();
    times += 20;
  } while (performance.now() < end);
  const { user, system } = process.cpuUsage(before);
  return (times * 1_000_000) / (user + system);
}
