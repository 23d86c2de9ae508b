/** Latencies: how long each of a fixed number of conversations a second takes, idle and while other things go on. */
import { join } from 'node:path';
import { addAccounts, startPeers } from './contestants.ts';
import type { Work } from './conversations.ts';
import { type Disturbance, disturbances, startHangingSite } from './disturbances.ts';
import type { Tide, Wave } from './load.ts';
import type { Latency, Paced } from './pace.ts';
import type { Plan } from './plan.ts';
import { benchFolder, removeFolder, startLjgate, startProgram } from './processes.ts';
import { type Summary, summary } from './statistics.ts';
import { mostDelay } from './targets.ts';

/** One kind of work, at half of what the server can do. */
export interface LatencyRow {
  readonly server: string;
  readonly work: Work;
  /** What else went on; `undefined`: nothing. */
  readonly during: string | undefined;
  /** Conversations a second. */
  readonly rate: number;
  /** Milliseconds. */
  readonly p50: Summary;
  readonly p99: Summary;
  readonly p999: Summary;
  /** The p99 as a multiple of that of the idle server in the same round. */
  readonly ofIdle?: Summary;
  readonly target?: number;
}

const works: readonly Work[] = ['log-in by cookie', 'flat challenge log-in'];
const peerWork: Work = 'XML-RPC challenge log-in';

/** Seconds for which a disturbance goes on beyond the measuring. */
const lead = 1;

/** Runs every kind of work in turn, round after round. */
export async function measureLatency(plan: Plan): Promise<LatencyRow[]> {
  const folder = benchFolder();
  const store = `sqlite:${join(folder, 'latency.sqlite')}`;
  const [load, pace] = [startProgram('load.ts'), startProgram('pace.ts')];
  const site = await startHangingSite();
  const options = ['--trust-proxy', '127.0.0.1', '--upstream', site.url];
  const ljgate = await startLjgate(folder, store, ...options);
  plan.say('latency: adding accounts');
  await addAccounts(folder, store, 0);
  const peers = plan.peers ? await startPeers(plan) : [];
  const rounds = Math.max(1, Math.round(plan.rounds / 3));
  let from = 0;
  try {
    const rows: LatencyRow[] = [];
    for (const work of works) rows.push(...(await ofLjgate(work)));
    for (const { name, server } of [{ name: 'ljgate', server: ljgate }, ...peers]) {
      const rate = await halfOf(server.port, peerWork);
      const idle: Latency[] = [];
      for (let round = 0; round < rounds; round++) idle.push(await paced(server.port, peerWork, rate));
      rows.push({ server: name, work: peerWork, during: undefined, rate, ...summaries(idle) });
    }
    return rows;
  } finally {
    site.stop();
    await Promise.all([load, pace, ljgate, ...peers.map(({ server }) => server)].map((one) => one.stop()));
    removeFolder(folder);
  }

  async function ofLjgate(work: Work): Promise<LatencyRow[]> {
    const rate = await halfOf(ljgate.port, work);
    const common = { server: 'ljgate', work, rate };
    const all: Latency[] = [];
    const rows: LatencyRow[] = [];
    for (const [during, disturb] of Object.entries(disturbances)) {
      const pairs: { idle: Latency; busy: Latency }[] = [];
      for (let round = 0; round < rounds; round++) {
        plan.say(`latency: ${work}, ${during}, round ${round + 1} of ${rounds}`);
        const idle = await paced(ljgate.port, work, rate);
        pairs.push({ idle, busy: await disturbed(disturb, work, rate) });
        all.push(idle);
      }
      const ofIdle = summary(pairs.map(({ idle, busy }) => busy.p99 / idle.p99));
      rows.push({
        ...common,
        during,
        ...summaries(pairs.map(({ busy }) => busy)),
        ofIdle,
        target: mostDelay,
      });
    }
    return [{ ...common, during: undefined, ...summaries(all) }, ...rows];
  }

  /** Half of the conversations a second that eight clients, one after another, get. */
  async function halfOf(port: number, work: Work): Promise<number> {
    const until = { ms: 4 * plan.waveMs };
    const wave: Wave = { port, keepAlive: false, clients: 8, talk: work, until, from };
    await load.ask<Tide>(wave);
    const { conversations, ms } = await load.ask<Tide>({ ...wave, from: from + 500_000 });
    from += 1_000_000;
    return Math.round((conversations * 500) / ms);
  }

  async function paced(port: number, work: Work, rate: number): Promise<Latency> {
    const ms = 6 * plan.waveMs;
    const latency = await pace.ask<Latency>({ port, work, rate, ms, from } satisfies Paced);
    from += rate * ms;
    return latency;
  }

  async function disturbed(disturb: Disturbance, work: Work, rate: number): Promise<Latency> {
    const seconds = (6 * plan.waveMs) / 1000 + lead;
    const end = await disturb({ port: ljgate.port, store, folder, seconds });
    await new Promise((resolve) => setTimeout(resolve, (lead * 1000) / 2));
    try {
      return await paced(ljgate.port, work, rate);
    } finally {
      await end();
    }
  }
}

function summaries(latencies: readonly Latency[]) {
  const of = (name: keyof Latency) => summary(latencies.map((latency) => latency[name]));
  return { p50: of('p50'), p99: of('p99'), p999: of('p999') };
}
