/** Work: conversations a second, beside a server that does nothing and beside other people's, in turn. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { conversations, newcomer, type Work } from './conversations.ts';
import type { Tide, Wave } from './load.ts';
import type { Plan } from './plan.ts';
import {
  benchFolder,
  type Running,
  removeFolder,
  runLjgate,
  startLjgate,
  startPeer,
  startProgram,
  startPython,
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
  readonly cpuShare: number;
  /** How many cores the server kept busy; a server of one thread well below 1 waits for disk or load. */
  readonly busy: number;
  readonly floorBusy: number;
  readonly target?: number;
}

/** A new connection for each request, or one for all. */
type Connections = 'new' | 'kept';

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

/** What the peers can do. */
const peerWork: readonly Work[] = ['XML-RPC getchallenge', 'XML-RPC challenge log-in'];

/** What shows whether a second process pays: work that needs the store, work that writes, and work that does neither. */
const workersWork: readonly Work[] = [
  'flat getchallenge',
  'flat challenge log-in',
  'whole session life',
  'log-in by cookie',
];

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
  if (works.includes(never)) {
    plan.say('work: adding accounts');
    await addNewcomers(folder, store, (plan.rounds + 1) * kinds.length * plan.passwords);
  }
  const peers = plan.peers ? await startPeers(plan) : [];
  const workers = plan.peers ? [await startWorkers(folder)] : [];
  const servers = [{ name: 'ljgate', server: ljgate, works, kinds }, ...workers, ...peers];
  let newcomers = 0;
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
    const own = await wave(server, { keepAlive, talk: work, until, from: 0 });
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
    return { round: roundOf(tide.conversations, tide.ms, cpu), last: tide.last };
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
  const target = server === 'ljgate' && connections === 'new' ? leastShare[work] : undefined;
  return {
    server,
    work,
    connections,
    rate: median(pairs.map(({ own }) => own.rate)),
    floor: median(pairs.map(({ floor }) => floor.rate)),
    share: summary(pairs.map(({ own, floor }) => own.rate / floor.rate)),
    cpuShare: median(pairs.map(({ own, floor }) => floor.cpu / own.cpu)),
    busy: median(pairs.map(({ own }) => own.busy)),
    floorBusy: median(pairs.map(({ floor }) => floor.busy)),
    ...(target !== undefined && { target }),
  };
}

/** Every account has a hash of its own, so a check of one says nothing about another. */
async function addNewcomers(folder: string, store: string, count: number): Promise<void> {
  const file = join(folder, 'newcomers.jsonl');
  const lines = Array.from({ length: count }, (_, number) => JSON.stringify(newcomer(number)));
  writeFileSync(file, `${lines.join('\n')}\n`);
  await runLjgate('import', '--store', store, file);
}

async function startWorkers(folder: string) {
  const store = `sqlite:${join(folder, 'workers.sqlite')}`;
  const kinds: readonly Connections[] = ['new', 'kept'];
  const server = await startLjgate(folder, store, '--workers', 'auto');
  return { name: 'ljgate --workers auto', kinds, works: workersWork, server };
}

async function startPeers(plan: Plan) {
  const both: readonly Connections[] = ['new', 'kept'];
  const one: readonly Connections[] = ['new'];
  const peers = [
    { name: 'npm xmlrpc', kinds: both, start: () => startPeer('servers/xmlrpc.ts') },
    { name: '@foxglove/xmlrpc', kinds: both, start: () => startPeer('servers/foxglove.ts') },
    // It answers one connection after another: a kept one would keep the rest out.
    { name: 'Python SimpleXMLRPCServer', kinds: one, start: () => startPython('servers/simple.py') },
  ];
  const started = [];
  for (const { name, kinds, start } of peers) {
    try {
      started.push({ name, kinds, works: peerWork, server: await start() });
    } catch (error) {
      plan.skip(`${name}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  return started;
}
