/** Tricks: what the server does with each and without it, in turn. A trick that earns nothing that is felt is to go. */
import { join } from 'node:path';
import { addAccounts, type Connections } from './contestants.ts';
import type { Work } from './conversations.ts';
import type { Tide, Wave } from './load.ts';
import type { Plan } from './plan.ts';
import { benchFolder, removeFolder, startLjgate, startLjgateWithout, startProgram } from './processes.ts';
import { type Summary, summary } from './statistics.ts';

/** One kind of work, done with a trick and without it. */
export interface TrickRow {
  readonly trick: string;
  readonly work: Work;
  readonly connections: Connections;
  readonly clients: number;
  /** Conversations a second. */
  readonly withIt: Summary;
  readonly without: Summary;
  /** The speed with it as a multiple of that without it, round by round. */
  readonly gain: Summary;
  /** The same of processor time: how much less one conversation takes. */
  readonly cpuGain: Summary;
}

/** Short, because the speed of a machine drifts: the two are measured right beside each other. */
const waveMs = 200;

/** A trick of the server. */
interface Trick {
  readonly name: string;
  /** The file in `without/`, and how the module that it replaces is imported. */
  readonly without: string;
  readonly works: readonly Work[];
}

const reading: readonly Work[] = ['log-in by cookie', 'plain password, remembered', 'flat challenge log-in'];
const writing: readonly Work[] = ['flat challenge log-in', 'whole session life'];
const xmlrpc: readonly Work[] = ['XML-RPC getchallenge', 'XML-RPC challenge log-in'];
const any: readonly Work[] = ['flat getchallenge', 'log-in by cookie', ...writing];

const tricks: readonly Trick[] = [
  {
    name: 'reads are kept',
    without: 'read-cache.ts|read-cache.ts',
    works: [...reading, 'whole session life'],
  },
  {
    name: 'requests are answered in batches',
    without: 'request-batching.ts|request-batching.ts',
    works: any,
  },
  { name: 'commits share a flush, in a thread', without: 'group-commit.ts|group-commit.ts', works: writing },
  { name: 'statements share a transaction', without: 'sqlite-driver.ts|sqlite-driver.ts', works: writing },
  { name: 'plain documents in one pass', without: 'plain-tree.ts|plain-tree.ts', works: xmlrpc },
  { name: 'log lines are written together', without: 'pino.ts|pino', works: any },
  { name: "Node's own digests", without: 'digests.ts|#digests', works: writing },
];

/** Measures each trick beside a server that has them all. */
export async function measureTricks(plan: Plan): Promise<TrickRow[]> {
  const load = startProgram('load.ts');
  const rows: TrickRow[] = [];
  try {
    for (const trick of tricks.filter(({ name }) => plan.wants(name))) rows.push(...(await measure(trick)));
    return rows;
  } finally {
    await load.stop();
  }

  async function measure({ name, without, works }: Trick): Promise<TrickRow[]> {
    const pair = await Promise.all([open(), open(without)]);
    const found: TrickRow[] = [];
    try {
      for (const connections of ['new', 'kept'] as const) {
        for (const work of works) {
          plan.say(`tricks: ${name}: ${work}, ${connections} connections`);
          found.push(await compare(name, work, connections, 8, pair));
        }
      }
      const [alone] = works;
      if (alone) found.push(await compare(name, alone, 'kept', 1, pair));
      return found;
    } finally {
      for (const { server, folder } of pair) {
        await server.stop();
        removeFolder(folder);
      }
    }
  }

  async function compare(
    trick: string,
    work: Work,
    connections: Connections,
    clients: number,
    pair: readonly Opened[],
  ): Promise<TrickRow> {
    const rates: [number[], number[]] = [[], []];
    const costs: [number[], number[]] = [[], []];
    for (let round = 0; round <= plan.rounds; round++) {
      // Who begins takes turns, too.
      const order = round % 2 === 0 ? ([0, 1] as const) : ([1, 0] as const);
      for (const which of order) {
        const one = pair[which];
        if (!one) continue;
        const before = one.server.cpu();
        const wave: Wave = {
          port: one.server.port,
          keepAlive: connections === 'kept',
          clients,
          talk: work,
          until: { ms: waveMs },
          from: one.conversations,
        };
        const { conversations, ms } = await load.ask<Tide>(wave);
        one.conversations += conversations;
        if (round === 0) continue;
        rates[which].push((conversations * 1000) / ms);
        costs[which].push((one.server.cpu() - before) / conversations);
      }
    }
    const ratio = (top: readonly number[], below: readonly number[]) =>
      summary(top.map((value, round) => value / (below[round] ?? Number.NaN)));
    return {
      trick,
      work,
      connections,
      clients,
      withIt: summary(rates[0]),
      without: summary(rates[1]),
      gain: ratio(rates[0], rates[1]),
      cpuGain: ratio(costs[1], costs[0]),
    };
  }
}

type Opened = Awaited<ReturnType<typeof open>>;

async function open(without?: string) {
  const folder = benchFolder();
  const store = `sqlite:${join(folder, 'ljgate.sqlite')}`;
  const server = await (without === undefined
    ? startLjgate(folder, store)
    : startLjgateWithout(folder, store, without));
  await addAccounts(folder, store, 0);
  return { folder, server, conversations: 0 };
}
