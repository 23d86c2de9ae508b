/** Calls for a site behind: made directly, through nginx as a plain proxy, and through ljgate, in turn. */
import { join } from 'node:path';
import { freePort, listening, startNginx } from '../support/proxies.ts';
import { requireProgram } from '../support/requirements.ts';
import type { Request } from './conversations.ts';
import type { Tide, Wave } from './load.ts';
import type { Plan } from './plan.ts';
import { benchFolder, removeFolder, startLjgate, startPeer, startProgram } from './processes.ts';
import { type Summary, summary } from './statistics.ts';
import { leastRelay } from './targets.ts';

/** One way to the site. */
export interface RelayRow {
  readonly way: string;
  /** Calls a second of eight clients, with a new connection for each. */
  readonly rate: Summary;
  /** The rate as a share of nginx's in the same round; `undefined` without nginx. */
  readonly share: Summary | undefined;
  /** Milliseconds a call of one client. */
  readonly ms: Summary;
  /** Milliseconds more than nginx in the same round. */
  readonly more: Summary | undefined;
  readonly target?: number;
}

/** A call with a password that is remembered, and the site's answer. */
const request: Request = {
  path: '/interface/flat',
  body: 'mode=syncitems&user=test&password=test&ver=1',
  headers: 'Content-Type: application/x-www-form-urlencoded\r\n',
};
const answer = `success\nOK\nsync_count\n1\nsync_total\n1\nsync_1_item\nL-1\n${'sync_1_time\n2026-11-25 12:34:56\n'.repeat(20)}`;

/** Runs the ways in turn, round after round. */
export async function measureRelay(plan: Plan): Promise<RelayRow[]> {
  const folder = benchFolder();
  const load = startProgram('load.ts');
  const site = await startPeer('servers/floor.ts');
  await site.ask({ body: answer, type: 'text/plain; charset=utf-8' });
  const upstream = `http://127.0.0.1:${site.port}`;
  const ljgate = await startLjgate(folder, `sqlite:${join(folder, 'relay.sqlite')}`, '--upstream', upstream);
  const nginx = await plainProxy(site.port);
  if (!nginx) plan.skip('relay through nginx: there is no nginx');
  const ways = [
    { way: 'directly', port: site.port },
    ...(nginx ? [{ way: 'nginx', port: nginx.port }] : []),
    { way: 'ljgate', port: ljgate.port },
  ];
  const wave = async (port: number, clients: number) => {
    const talk = { request, proof: 'success' };
    const asked: Wave = { port, keepAlive: false, clients, talk, until: { ms: plan.waveMs }, from: 0 };
    const { conversations, ms } = await load.ask<Tide>(asked);
    return { rate: (conversations * 1000) / ms, ms: (ms * clients) / conversations };
  };
  try {
    const rounds: Record<string, { rate: number; ms: number }>[] = [];
    // Round 0 warms everything up and does not count.
    for (let round = 0; round <= plan.rounds; round++) {
      plan.say(`relay: round ${round} of ${plan.rounds}`);
      const found: Record<string, { rate: number; ms: number }> = {};
      for (const { way, port } of ways) {
        found[way] = { rate: (await wave(port, 8)).rate, ms: (await wave(port, 1)).ms };
      }
      if (round > 0) rounds.push(found);
    }
    return ways.map(({ way }) => rowOf(way, rounds));
  } finally {
    nginx?.stop();
    await Promise.all([load, site, ljgate].map((one) => one.stop()));
    removeFolder(folder);
  }
}

function rowOf(
  way: string,
  rounds: readonly Readonly<Record<string, { readonly rate: number; readonly ms: number }>>[],
): RelayRow {
  const of = (measure: (own: { rate: number; ms: number }, nginx: { rate: number; ms: number }) => number) =>
    rounds.flatMap((round) => {
      const [own, nginx] = [round[way], round['nginx']];
      return own && nginx ? [measure(own, nginx)] : [];
    });
  const own = rounds.flatMap((round) => round[way] ?? []);
  const shares = of((mine, nginx) => mine.rate / nginx.rate);
  return {
    way,
    rate: summary(own.map(({ rate }) => rate)),
    share: shares.length > 0 ? summary(shares) : undefined,
    ms: summary(own.map(({ ms }) => ms)),
    more: shares.length > 0 ? summary(of((mine, nginx) => mine.ms - nginx.ms)) : undefined,
    ...(way === 'ljgate' && { target: leastRelay }),
  };
}

/** nginx that hands everything on, with kept connections to the site, as ljgate has. */
async function plainProxy(site: number) {
  if (!requireProgram('nginx')) return undefined;
  const port = await freePort();
  const child = await startNginx(`
    upstream site { server 127.0.0.1:${site}; keepalive 16; }
    server {
      listen 127.0.0.1:${port};
      location / { proxy_http_version 1.1; proxy_set_header Connection ""; proxy_pass http://site; }
    }`);
  process.once('exit', () => child.kill('SIGKILL'));
  await listening(port);
  return { port, stop: () => child.kill('SIGTERM') };
}
