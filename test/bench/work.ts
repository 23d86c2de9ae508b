/** Work: conversations a second, beside a server that does nothing and beside other people's, in turn. */
import { join } from 'node:path';
import { addAccounts, type Connections, startPeers } from './contestants.ts';
import { conversations, type Work } from './conversations.ts';
import type { Tide, Wave } from './load.ts';
import type { Plan } from './plan.ts';
import {
  benchFolder,
  type Running,
  removeFolder,
  startLjgate,
  startPeer,
  startProgram,
} from './processes.ts';
import { median, type Summary, summary } from './statistics.ts';
import { leastShare } from './targets.ts';

/** One kind of work over one kind of connection, done by one server. */
export interface WorkRow {
  readonly server: string;
  readonly work: Work;
  readonly connections: Connections;
  /** Conversations a second. */
  readonly rate: number;
  /** What the rate is a share of: the floor's requests a second, or argon2's checks. */
  readonly floor: number;
  readonly share: Summary;
  /** The floor's processor time a request, as a share of the server's a conversation. */
  readonly cpuShare: Summary;
  /** How many cores the server kept busy; a server of one thread well below 1 waits for disk or load. */
  readonly busy: number;
  readonly floorBusy: number;
  readonly target?: number;
}

const clients = 8;

type Server = Running & { readonly port: number };

/** One round's numbers. */
interface Round {
  readonly rate: number;
  /** Processor time in ms for one conversation or request. */
  readonly cpu: number;
  readonly busy: number;
}

const never: Work = 'plain password, never seen';

/** Runs every kind of work in turn, round after round. */
export async function measureWork(plan: Plan): Promise<WorkRow[]> {
  const folder = benchFolder();
  const store = `sqlite:${join(folder, 'ljgate.sqlite')}`;
  const works = (Object.keys(conversations) as Work[]).filter((work) => plan.wants(work));
  const kinds: readonly Connections[] = plan.quick ? ['new'] : ['new', 'kept'];
  const load = startProgram('load.ts');
  const floor = await startPeer('servers/floor.ts');
  const argon2 = startProgram('servers/argon2.ts');
  await argon2.ready;
  const ljgate = await startLjgate(folder, store);
  plan.say('work: adding accounts');
  const newcomersNeeded = works.includes(never) ? (plan.rounds + 1) * kinds.length * plan.passwords : 0;
  await addAccounts(folder, store, newcomersNeeded);
  const peers = plan.peers ? await startPeers(plan) : [];
  const servers = [{ name: 'ljgate', server: ljgate, works, kinds }, ...peers];
  let newcomers = 0;
  /** Of conversations that make sessions. */
  let sessions = 0;
  try {
    const rows: WorkRow[] = [];
    for (const connections of kinds) {
      for (const work of works) {
        const candidates = servers.filter(
          (one) => one.works.includes(work) && one.kinds.includes(connections),
        );
        const rounds = new Map(candidates.map(({ name }) => [name, [] as { own: Round; floor: Round }[]]));
        // Round 0 warms everything up and does not count.
        for (let round = 0; round <= plan.rounds; round++) {
          plan.say(`work: ${work}, ${connections} connections, round ${round} of ${plan.rounds}`);
          for (const { name, server } of candidates) {
            const both = await alternate(server, work, connections === 'kept');
            if (round > 0) rounds.get(name)?.push(both);
          }
        }
        for (const [name, pairs] of rounds) rows.push(rowOf(name, work, connections, pairs));
      }
    }
    return rows;
  } finally {
    await Promise.all([load, floor, argon2, ...servers.map(({ server }) => server)].map((one) => one.stop()));
    removeFolder(folder);
  }

  /** The floor has its turn right beside the server's, with the same request and reply. */
  async function alternate(server: Server, work: Work, keepAlive: boolean) {
    if (work === never) {
      const checks = await argon2Round(plan.passwords);
      const until = { conversations: plan.passwords };
      const { round } = await wave(server, { keepAlive, talk: work, until, from: newcomers });
      newcomers += plan.passwords;
      return { own: round, floor: checks };
    }
    const until = { ms: plan.waveMs };
    const own = await wave(server, { keepAlive, talk: work, until, from: sessions });
    sessions += own.conversations;
    const { request, reply } = own.last;
    const type = work.startsWith('flat') ? 'text/plain; charset=utf-8' : 'text/xml; charset=utf-8';
    await floor.ask({ body: Buffer.from(reply, 'latin1').toString(), type });
    const proof = reply.slice(0, 10);
    const below = await wave(floor, { keepAlive, talk: { request, proof }, until, from: 0 });
    return { own: own.round, floor: below.round };
  }

  async function wave(server: Server, options: Omit<Wave, 'port' | 'clients'>) {
    const before = server.cpu();
    const tide = await load.ask<Tide>({ ...options, port: server.port, clients } satisfies Wave);
    const cpu = server.cpu() - before;
    const { conversations, ms, last } = tide;
    return { round: roundOf(conversations, ms, cpu), last, conversations };
  }

  async function argon2Round(checks: number): Promise<Round> {
    const before = argon2.cpu();
    const ms = await argon2.ask<number>(checks);
    return roundOf(checks, ms, argon2.cpu() - before);
  }
}

function roundOf(count: number, ms: number, cpu: number): Round {
  return { rate: (count * 1000) / ms, cpu: cpu / count, busy: cpu / ms };
}

function rowOf(
  server: string,
  work: Work,
  connections: Connections,
  pairs: readonly { readonly own: Round; readonly floor: Round }[],
): WorkRow {
  const target = server === 'ljgate' ? leastShare[connections][work] : undefined;
  return {
    server,
    work,
    connections,
    rate: median(pairs.map(({ own }) => own.rate)),
    floor: median(pairs.map(({ floor }) => floor.rate)),
    share: summary(pairs.map(({ own, floor }) => own.rate / floor.rate)),
    cpuShare: summary(pairs.map(({ own, floor }) => floor.cpu / own.cpu)),
    busy: median(pairs.map(({ own }) => own.busy)),
    floorBusy: median(pairs.map(({ floor }) => floor.busy)),
    ...(target !== undefined && { target }),
  };
}
