/** The Worker as it is deployed, in the real workerd, over D1 or over DynamoDB. */
import net from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { systemClock, systemRandom } from '../../../../infra/clock-and-random.ts';
import { addToken } from '../../../../infra/operations/token-operations.ts';
import { generateKeyring } from '../../../../infra/secrets/keyring.ts';
import { openD1 } from '../../../../infra/stores/d1/d1-store.ts';
import { requireProgram } from '../../../support/requirements.ts';
import { startLjgate } from '../../../support/server.ts';
import { formPost } from '../../../support/socket.ts';
import { dynamodbLocal, uniquePrefix } from '../../../support/stores.ts';
import { callDocument, flatReply, respond } from '../../../support/wire.ts';
import { folderOfWorker, secretFile, startWorker } from '../../../support/worker.ts';
import { type RunningWorker, rateWindow, runWorker } from '../../../support/wrangler.ts';

let worker: RunningWorker;
beforeAll(async () => {
  worker = await startWorker();
});
afterAll(() => worker.stop());

interface At {
  readonly url: URL;
}

const right = 'mode=login&user=test&password=test';
const wrong = 'mode=login&user=test&password=wrong';

/** A call of the flat endpoint. */
async function ask(body: string, headers: Record<string, string> = {}, { url }: At = worker) {
  const reply = await fetch(new URL('/interface/flat', url), { method: 'POST', body, headers });
  return flatReply(await reply.text());
}

const from = (address: string) => ({ 'CF-Connecting-IP': address });
const cookie = (session: string) => ({ 'X-LJ-Auth': 'cookie', Cookie: `ljsession=${session}` });
const byCookie = 'mode=login&user=test&auth_method=cookie';
const generate = 'mode=sessiongenerate&user=test&password=test';

async function session(at: At = worker): Promise<string> {
  return (await ask(generate, {}, at)).value('ljsession') ?? '';
}

test('lets in by password, which Node hashed, by client key, by challenge and by session', async () => {
  expect((await ask(right)).why).toBe('');
  expect((await ask('mode=login&user=demo_clientkey&password=demo-client-key-laptop')).why).toBe('');
  const challenge = (await ask('mode=getchallenge')).value('challenge') ?? '';
  const answer = `auth_method=challenge&auth_challenge=${challenge}&auth_response=${respond(challenge, 'test')}`;
  expect((await ask(`mode=login&user=test&${answer}`)).why).toBe('');
  expect((await ask(byCookie, cookie(await session()))).why).toBe('');
});

test('remembers a password that it checked, and logs that it did', async () => {
  await ask(right);
  await ask(right);
  expect(worker.log.at(-1)).toMatchObject({ method: 'login', account: 'test', remembered: 1, hashMs: 0 });
});

test('its log lines have the fields of Node’s, for calls let in and refused', async () => {
  const node = await startLjgate('--demo', '--store', 'memory');
  onTestFinished(async () => void (await node.stop()));
  const [own, theirs] = [worker.log.length, node.log.length];
  for (const body of [right, wrong]) {
    await ask(body, from('127.0.0.1'));
    await ask(body, {}, node);
  }
  // Node gathers lines for a few milliseconds before it writes them.
  await expect.poll(() => node.log.length - theirs).toBe(2);
  const fields = (line: object) => Object.keys(line).toSorted();
  expect(worker.log.slice(own).map(fields)).toEqual(node.log.slice(theirs).map(fields));
});

test('answers all of many calls at once by one account, though only some are let guess at a time', async () => {
  for (let round = 0; round < 5; round++) {
    const calls = Array.from({ length: 30 }, () => ask(generate, from('192.0.2.4')));
    expect((await Promise.all(calls)).filter(({ ok }) => !ok)).toEqual([]);
  }
});

test('where requests overlap, their log tells no times that could be another’s', async () => {
  await Promise.all(Array.from({ length: 10 }, () => ask(generate)));
  const overlapped = worker.log.slice(-10).filter(({ storeMs }) => storeMs === null);
  expect(overlapped.length).toBeGreaterThan(0);
  await ask(right);
  expect(worker.log.at(-1)).toMatchObject({ storeMs: expect.any(Number), hashMs: expect.any(Number) });
});

describe('the caller’s address', () => {
  test('is what Cloudflare says: bans hold for it, whatever X-Forwarded-For says', async () => {
    for (let i = 0; i < 5; i++) {
      await ask(wrong, { ...from('192.0.2.1'), 'X-Forwarded-For': `198.51.100.${i}` });
    }
    expect((await ask(right, { ...from('192.0.2.1'), 'X-Forwarded-For': '198.51.100.9' })).why).toMatch(
      /banned/,
    );
    expect((await ask(right, { ...from('192.0.2.2'), 'X-Forwarded-For': '192.0.2.1' })).why).toBe('');
  });

  test('is banned for guesses whose guesser hangs up before the answer', async () => {
    const guess = formPost('/interface/flat', wrong, 'CF-Connecting-IP: 192.0.2.3');
    const counted = () => worker.log.filter(({ address }) => address === '192.0.2.3').length;
    for (let i = 0; counted() < 5 && i < 50; i++) {
      const socket = net.connect(Number(worker.url.port), worker.url.hostname);
      socket.write(guess);
      await sleep(15);
      socket.destroy();
    }
    await expect.poll(counted).toBeGreaterThanOrEqual(5);
    expect((await ask(right, from('192.0.2.3'))).why).toMatch(/banned/);
  });
});

test('a flood of wrong passwords is refused past the queue, and holds up no check of a session', async () => {
  const headers = { Cookie: `ljsession=${await session()}` };
  let answered = 0;
  const flood = Array.from({ length: 150 }, async (_, i) => {
    const reply = await ask(`mode=login&user=demo_plainonly&password=guess${i}`, from(`198.51.100.${i}`));
    answered++;
    return reply.why;
  });
  const checks = Array.from({ length: 10 }, async () => {
    const { status } = await fetch(new URL('/session', worker.url), { headers });
    return { status, before: 150 - answered };
  });
  for (const { status, before } of await Promise.all(checks)) {
    expect(status).toBe(200);
    expect(before).toBeGreaterThan(20);
  }
  const whys = await Promise.all(flood);
  const count = (pattern: RegExp) => whys.filter((why) => pattern.test(why)).length;
  expect(count(/Invalid password/) + count(/disabled/)).toBe(150);
  expect(count(/disabled/)).toBeGreaterThan(50);
});

/** Calls are counted in windows of the clock: what fails across the end of one is done once more, in other networks. */
async function inOneWindow(body: (attempt: number) => Promise<void>): Promise<void> {
  const window = () => Math.floor(Date.now() / (rateWindow * 1000));
  const began = window();
  try {
    await body(1);
  } catch (error) {
    if (window() === began) throw error;
    await body(2);
  }
}

test('an address that calls too often is refused in its own protocol; others are not', async () => {
  const strict = await startWorker({ calls: 3 });
  onTestFinished(() => strict.stop());
  await inOneWindow(async (attempt) => {
    const network = (number: number) => `2001:db8:${attempt}:${number}:`;
    const [busy, neighbour] = [from(`${network(0)}:1`), from(`${network(0)}:2`)];
    for (let i = 0; i < 3; i++) expect((await ask('mode=getchallenge', busy, strict)).ok).toBe(true);
    const refused = "Client error: Client is making repeated requests.  Perhaps it's broken?";
    expect((await ask('mode=getchallenge', busy, strict)).why).toBe(refused);
    expect((await ask(right, neighbour, strict)).why).toBe(refused);
    const body = callDocument('LJ.XMLRPC.getchallenge');
    const reply = await fetch(new URL('/interface/xmlrpc', strict.url), {
      method: 'POST',
      body,
      headers: busy,
    });
    expect([reply.status, await reply.text()]).toEqual([200, expect.stringContaining('<int>406</int>')]);
    expect((await ask('mode=getchallenge', from(`${network(1)}:1`), strict)).ok).toBe(true);

    // Each entry of a multicall is a call.
    const entry = `<value><struct><member><name>methodName</name><value>LJ.XMLRPC.getchallenge</value></member></struct></value>`;
    const many = `<?xml version="1.0"?><methodCall><methodName>system.multicall</methodName><params><param><value><array><data>${entry.repeat(5)}</data></array></value></param></params></methodCall>`;
    const several = await fetch(new URL('/interface/xmlrpc', strict.url), {
      method: 'POST',
      body: many,
      headers: from(`${network(3)}:1`),
    });
    const text = await several.text();
    expect([text.split('auth_scheme').length - 1, text.split('<int>406</int>').length - 1]).toEqual([3, 2]);
  });
});

test('one whose new secret came late refuses nobody for good: 502, no ban, and 503 at /healthz', async () => {
  const late = await startWorker({ variables: { LJGATE_ROOT_SECRET: generateKeyring().reveal() } });
  onTestFinished(() => late.stop());
  const health = async () => (await fetch(new URL('/healthz', late.url))).status;
  expect(await health()).toBe(200);
  for (let i = 0; i < 7; i++) {
    expect((await ask(right, from('192.0.2.5'), late)).why).toBe(
      'Server error: Database temporarily unavailable',
    );
  }
  expect(await health()).toBe(503);
});

test('its cron trigger sweeps what has run out, and nothing else', async () => {
  const { spent } = openD1(worker.database);
  const live = Math.floor(Date.now() / 1000) + 1000;
  await spent.spend('long-gone', 1);
  await spent.spend('still-good', live);
  await worker.sweep();
  expect(await spent.spend('long-gone', live)).toBe('spent');
  expect(await spent.spend('still-good', live)).toBe('again');
});

test('says at /healthz whether its store answers', async () => {
  expect((await fetch(new URL('/healthz', worker.url))).status).toBe(200);
});

test.each([
  ['no root secret', {}, /^LJGATE_ROOT_SECRET is not set$/],
  ['a root secret that is none', { LJGATE_ROOT_SECRET: 'hunter2' }, /^LJGATE_ROOT_SECRET is not JSON$/],
  ['DynamoDB but no key to it', { LJGATE_STORE: 'dynamodb:x' }, /^AWS_REGION is not set$/],
  ['a store that it has not', { LJGATE_STORE: 'sqlite:x' }, /^LJGATE_STORE wants dynamodb:PREFIX/],
])('with %s it refuses every call in good form, and the log says why', async (_, variables, why) => {
  const secret = JSON.stringify({ id: 'a', secret: 'A'.repeat(43) });
  const usual = 'LJGATE_STORE' in variables ? { LJGATE_ROOT_SECRET: secret } : {};
  const broken = await runWorker(await folderOfWorker(), { variables: { ...usual, ...variables } });
  onTestFinished(() => broken.stop());
  expect((await ask('mode=getchallenge', {}, broken)).why).toBe('Server error: Internal server error');
  expect((await fetch(new URL('/account/signin', broken.url))).status).toBe(500);
  expect(broken.log[0]).toMatchObject({ outcome: 500, error: { message: expect.stringMatching(why) } });
  expect(JSON.stringify(broken.log)).not.toContain('hunter2');
});

describe.skipIf(!requireProgram('java'))('over the DynamoDB tables of a Node server', () => {
  test('the sessions of one hold on the other, and end there', async () => {
    const [secret, place] = [await secretFile(), `dynamodb:${uniquePrefix()}@${await dynamodbLocal()}`];
    const node = await startLjgate('--demo', '--store', place, '--secret', secret);
    onTestFinished(async () => void (await node.stop()));
    const keys = { AWS_REGION: 'us-east-1', AWS_ACCESS_KEY_ID: 'local', AWS_SECRET_ACCESS_KEY: 'local' };
    const edge = await startWorker({ secret, variables: { LJGATE_STORE: place, ...keys } });
    onTestFinished(() => edge.stop());

    const [made, here] = [await session(node), await session(edge)];
    expect((await ask(byCookie, cookie(made), edge)).why).toBe('');
    const check = await fetch(new URL('/session', edge.url), { headers: cookie(made) });
    expect([check.status, check.headers.get('X-LJ-User')]).toEqual([200, 'test']);
    expect((await ask(byCookie, cookie(here), node)).why).toBe('');

    await ask('mode=sessionexpire&user=test&password=test&expireall=1', {}, edge);
    expect((await ask(byCookie, cookie(made), node)).why).toBe('Invalid password');
    expect((await ask(byCookie, cookie(here), node)).why).toBe('Invalid password');
  });
});

test('a wrong setting of its pages leaves the protocol as it is', async () => {
  const wrong = await startWorker({ variables: { LJGATE_CONSOLE: 'maybe' } });
  onTestFinished(async () => void (await wrong.stop()));
  expect((await ask(right, {}, wrong)).why).toBe('');
  const front = await fetch(new URL('/', wrong.url));
  expect([front.status, await front.text()]).toEqual([500, expect.stringContaining('not set up correctly')]);
  expect(wrong.log.filter(({ level }) => level === 'ERROR')).toHaveLength(1);
});

describe('the interface for sites', () => {
  const asked = async ({ url }: At, path: string, init: RequestInit = {}) => {
    const reply = await fetch(new URL(`/api/v1${path}`, url), init);
    return { status: reply.status, type: reply.headers.get('Content-Type'), text: await reply.text() };
  };

  test('is off, and where it is on it verifies for a token, and counts the end user’s address', async () => {
    expect((await asked(worker, '/token')).status).toBe(404);
    const open = await startWorker({ variables: { LJGATE_API: 'same' }, calls: 3 });
    onTestFinished(() => open.stop());
    const operator = {
      store: openD1(open.database),
      clock: systemClock,
      random: systemRandom,
      unlock: () => Promise.reject(new Error('no secret is needed')),
    };
    const { token } = await addToken(operator, { name: 'site', scopes: ['verify'] });
    const headers = { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' };
    expect((await asked(open, '/token', { headers })).text).toContain('"name":"site"');
    expect((await asked(open, '/token')).status).toBe(401);
    const verify = async (password: string, address: string) => {
      const body = JSON.stringify({ username: 'test', password, address });
      return JSON.parse((await asked(open, '/verify', { method: 'POST', headers, body })).text);
    };
    for (let i = 0; i < 5; i++) expect((await verify(`wrong ${i}`, '192.0.2.60')).code).toBe(101);
    expect((await verify('test', '192.0.2.60')).code).toBe(402);
    expect((await verify('test', '192.0.2.61')).verified).toBe(true);
  });

  test('that is set wrongly says so to nobody but the log, and takes nothing else with it', async () => {
    const wrongly = await startWorker({ variables: { LJGATE_API: '127.0.0.1:8081' } });
    onTestFinished(() => wrongly.stop());
    const { status, type } = await asked(wrongly, '/token');
    expect([status, type]).toEqual([503, 'application/problem+json']);
    expect(JSON.stringify(wrongly.log)).toContain('LJGATE_API wants');
    expect((await ask(right, from('192.0.2.70'), wrongly)).ok).toBe(true);
  });
});
