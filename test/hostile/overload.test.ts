/** Floods of wrong passwords at ten times what the hasher can do, on a real server over SQLite. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { times } from '../support/effort.ts';
import { freshFolder, type ProbedLjgate, runLjgate, startProbedLjgate } from '../support/server.ts';
import { tally } from '../support/tally.ts';
import { type Latencies, load, quantile } from './load.ts';

const accounts = Array.from({ length: 20 }, (_, i) => `user${i}`);
const right = 'a password that holds';
const wrong = 'Invalid password';
const busy = 'Server error: Method temporarily disabled; try again later.';
const banned = 'Client error: Your IP address is temporarily banned for exceeding the login failure rate.';

/** So many that what the hasher has in work and in its queue leaves connections for the flood. */
const connections = 96;

/** Verifications a second, enough for a percentile of each few seconds. */
const checking = { connections: 8, rate: 200 };

/** Attempts to catch a moment in which nothing else keeps the machine busy. */
const rounds = 8;

let server: ProbedLjgate;
let port: number;
let session: string;
/** Hashes a second that this machine does. */
let capacity: number;

const call = async (fields: Readonly<Record<string, string>>): Promise<string> => {
  const reply = await fetch(new URL('/interface/flat', server.url), {
    method: 'POST',
    body: new URLSearchParams(fields),
  });
  return reply.text();
};

/** Guesses, each from another address, or all from one. */
const guess = (rate: number, calls: number, names = accounts, addresses = 2 ** 20) =>
  load({
    port,
    connections,
    rate,
    seconds: calls / rate,
    send: { kind: 'guess', accounts: names, addresses },
  });

const verify = (seconds: number) => load({ port, ...checking, seconds, send: { kind: 'verify', session } });

/** The same, with the flood's connections open and silent. */
async function verifyIdle(seconds: number): Promise<Latencies> {
  const held = load({ port, connections, rate: 0, seconds, send: { kind: 'verify', session } });
  const [latencies] = await Promise.all([verify(seconds), held]);
  return latencies;
}

const counts = (latencies: Latencies) =>
  Object.fromEntries(Object.entries(latencies).map(([name, list]) => [name, list.length]));

beforeAll(async () => {
  const folder = await freshFolder();
  const store = `sqlite:${join(folder, 'lj.sqlite')}`;
  const lines = accounts.map((username) => JSON.stringify({ username, password: right }));
  writeFileSync(join(folder, 'accounts.jsonl'), lines.join('\n'));
  expect((await runLjgate(['import', join(folder, 'accounts.jsonl'), '--store', store])).code).toBe(0);
  server = await startProbedLjgate('--store', store, '--trust-proxy', '127.0.0.1');
  port = Number(server.url.port);
  const made = await call({ mode: 'sessiongenerate', user: 'user0', password: right });
  session = made.split('\n')[1] ?? '';
  await verify(1);

  const start = performance.now();
  // A queue's worth, so that the hasher always has work and refuses nobody.
  await load({
    port,
    connections: 8,
    rate: 10_000,
    seconds: 100 / 10_000,
    send: { kind: 'guess', accounts, addresses: 2 ** 20 },
  });
  capacity = (100 / (performance.now() - start)) * 1000;
});
afterAll(() => server.stop());

// In this order: the first test makes the flood that the others look at.
describe('a flood of wrong passwords at ten times the capacity', { shuffle: false }, () => {
  const calls = times(1000, 20_000);
  const floods: Latencies[] = [];
  let before: Awaited<ReturnType<ProbedLjgate['holdings']>>;

  test('leaves session verification within 5 times its idle p99', {
    timeout: times(240_000, 3_600_000),
  }, async ({ task }) => {
    const ratios: number[] = [];
    for (let round = 0; round < rounds && !ratios.some((ratio) => ratio <= 5); round++) {
      const idle = await verifyIdle(3);
      before ??= await server.holdings();
      const seconds = calls / (10 * capacity);
      const [flood, checks] = await Promise.all([guess(10 * capacity, calls), verify(seconds)]);
      floods.push(flood);
      expect(Object.keys(idle)).toEqual(['200']);
      expect(Object.keys(checks)).toEqual(['200']);
      ratios.push(quantile(checks['200'], 0.99) / quantile(idle['200'], 0.99));
    }
    expect(Math.min(...ratios), `in each round: ${ratios}`).toBeLessThanOrEqual(5);
    tally(task, 'calls in a flood', calls);
  });

  test('is refused with 507 long before a password would have been hashed', () => {
    for (const flood of floods) {
      expect(Object.keys(flood).toSorted()).toEqual([wrong, busy].toSorted());
      expect(flood[busy]?.length).toBeGreaterThan(calls / 2);
    }
    const fastest = Math.min(
      ...floods.map((flood) => quantile(flood[busy], 0.5) / quantile(flood[wrong], 0.5)),
    );
    expect(fastest).toBeLessThan(0.25);
  });

  test('on one account from one address tries five passwords and is banned', async ({ task }) => {
    const flood = await guess(10 * capacity, calls, ['user1'], 1);
    expect(counts(flood)).toEqual({ [wrong]: 5, [banned]: calls - 5 });
    expect(quantile(flood[banned], 0.5)).toBeLessThan(quantile(flood[wrong], 0.5));
    tally(task, 'calls in a flood', calls);
  });

  test('leaves no memory, handle or file behind', async () => {
    const after = await server.holdings();
    expect(after.heap - before.heap).toBeLessThan(16 * 2 ** 20);
    expect(after.resident - before.resident).toBeLessThan(96 * 2 ** 20);
    // What is left behind stays; a log line on its way to its file does not.
    await expect.poll(async () => (await server.holdings()).files).toBeLessThanOrEqual(before.files);
    await expect.poll(async () => (await server.holdings()).handles).toBeLessThanOrEqual(before.handles);
  });

  test('once it is over, lets everybody in as before', async () => {
    for (const user of accounts) {
      expect(await call({ mode: 'login', user, password: right })).toMatch(/\nsuccess\nOK\n/);
    }
    expect(Object.keys(await verify(0.5))).toEqual(['200']);
    const failures = server.log.filter(({ level, outcome }) => level === 'ERROR' && outcome !== 507);
    expect(failures).toEqual([]);
  });
});

test.runIf(process.platform === 'linux')(
  'passwords are hashed with less priority than calls are answered and writes are flushed',
  async () => {
    const { main, libuv, lowest } = (await server.holdings()).nice ?? {};
    expect(lowest).toBe(19);
    expect(libuv).toBe(main);
  },
);
