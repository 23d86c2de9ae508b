/**
 * A soak: everything that clients do, for as long as asked, against one server over SQLite. Afterwards it
 * holds no more memory, handles or files than when it was warm, and never more than the guide says. `LJGATE_SOAK_SECONDS` says how long.
 */
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { mostMemory } from '../bench/targets.ts';
import { times } from '../support/effort.ts';
import type { Holdings } from '../support/probe.ts';
import { freshFolder, type ProbedLjgate, startProbedLjgate } from '../support/server.ts';
import { exchange, formPost } from '../support/socket.ts';
import { callDocument, flatReply, respond } from '../support/wire.ts';

const seconds = Number(
  process.env['LJGATE_SOAK_SECONDS'] ?? times(process.env['CI'] === 'true' ? 60 : 30, 600),
);

/** Looks at what the server holds, after the first, which warms it. */
const looks = 6;

/** Clients at once. */
const clients = 4;

let server: ProbedLjgate;
beforeAll(async () => {
  const folder = await freshFolder();
  server = await startProbedLjgate('--store', `sqlite:${join(folder, 'lj.sqlite')}`, '--demo');
});
afterAll(() => server.stop());

async function flat(
  fields: Readonly<Record<string, string>>,
  headers: Readonly<Record<string, string>> = {},
) {
  const body = new URLSearchParams(fields);
  const reply = await fetch(new URL('/interface/flat', server.url), { method: 'POST', body, headers });
  return flatReply(await reply.text());
}

async function xmlrpc(method: string, args: Readonly<Record<string, string>> = {}): Promise<string> {
  const body = callDocument(method, args);
  return (await fetch(new URL('/interface/xmlrpc', server.url), { method: 'POST', body })).text();
}

const right = { user: 'test', password: 'test' };

/** What one client does in a round; each is answered as it should be. */
const deeds: readonly ((n: number) => Promise<boolean>)[] = [
  async () => (await flat({ mode: 'login', ...right, getmoods: '0', getmenus: '1' })).ok,
  async () => (await xmlrpc('LJ.XMLRPC.login', { username: 'test', password: 'test' })).includes('fullname'),
  async () => {
    const challenge = (await flat({ mode: 'getchallenge' })).value('challenge') ?? '';
    const answer = {
      auth_method: 'challenge',
      auth_challenge: challenge,
      auth_response: respond(challenge, 'test'),
    };
    return (await flat({ mode: 'login', user: 'test', ...answer })).ok;
  },
  async () => {
    const session = (await flat({ mode: 'sessiongenerate', ...right })).value('ljsession') ?? '';
    const cookie = { Cookie: `ljsession=${session}` };
    const held = await fetch(new URL('/session', server.url), { headers: cookie });
    await held.text();
    const ended = await flat(
      {
        mode: 'sessionexpire',
        user: 'test',
        auth_method: 'cookie',
        [`expire_id_${session.split(':')[2]}`]: '1',
      },
      { ...cookie, 'X-LJ-Auth': 'cookie' },
    );
    return held.status === 200 && ended.ok;
  },
  // Wrong passwords of ever new names cost no account; of one account they end in a ban.
  async (n) => !(await flat({ mode: 'login', user: `nobody${n}`, password: 'wrong' })).ok,
  async (n) => !(await flat({ mode: 'login', user: 'readonly', password: `wrong${n}` })).ok,
  async () => (await xmlrpc('no such method')).includes('201'),
  async () => {
    const form = await fetch(new URL('/account/signin', server.url));
    return (await form.text()).includes('name="token"');
  },
  async () => (await exchange(server.url, 'nonsense\r\n\r\n')).status === 400,
  // A client that hangs up in the middle of its request.
  async () => {
    const cut = formPost('/interface/flat', 'mode=login').replace('Content-Length: 10', 'Content-Length: 99');
    return exchange(server.url, cut, 20).then(
      () => false,
      () => true,
    );
  },
];

async function work(until: number, client: number): Promise<number> {
  let done = 0;
  for (let n = client; performance.now() < until; n += clients) {
    for (const deed of deeds) expect(await deed(n), String(deed)).toBe(true);
    done++;
  }
  return done;
}

/** Works for a while, lets connections close, and looks. */
async function round(length: number): Promise<Holdings> {
  const until = performance.now() + length * 1000;
  await Promise.all(Array.from({ length: clients }, (_, client) => work(until, client)));
  await sleep(300);
  return server.holdings();
}

const median = (numbers: readonly number[]) =>
  numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? Number.NaN;

test(`a soak of ${seconds} seconds leaves memory, handles and files as they were, and memory within its bound`, {
  timeout: (seconds + 120) * 1000,
}, async () => {
  const warm = await round(seconds / (looks + 1));
  const later: Holdings[] = [];
  for (let i = 0; i < looks; i++) later.push(await round(seconds / (looks + 1)));

  const mib = 2 ** 20;
  expect(Math.max(...later.map(({ resident }) => resident))).toBeLessThan(mostMemory * mib);
  // The C library keeps for each of libuv's threads the 19 MiB of a hash, once the thread had one.
  const half = looks / 2;
  const [early, late] = [later.slice(0, half), later.slice(half)];
  expect(median(late.map(({ heap }) => heap)) - median(early.map(({ heap }) => heap))).toBeLessThan(2 * mib);
  expect(
    median(late.map(({ resident }) => resident)) - median(early.map(({ resident }) => resident)),
  ).toBeLessThan(96 * mib);
  expect(median(late.map(({ handles }) => handles))).toBeLessThanOrEqual(warm.handles + clients);
  expect(median(late.map(({ files }) => files))).toBeLessThanOrEqual(warm.files + clients);
});
