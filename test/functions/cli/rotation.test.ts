/** `ljgate secrets rotate` while two servers on one store are logged in to. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, expect, test } from 'vitest';
import { jsonLines, ljgate, main, type Place } from '../../support/cli.ts';
import { type Ljgate, startLjgate } from '../../support/server.ts';
import { exchange, formPost } from '../../support/socket.ts';
import { dynamodbLocal, temporaryFolder, uniquePrefix } from '../../support/stores.ts';
import { flatReply, respond } from '../../support/wire.ts';

const local = await dynamodbLocal();
const running: Ljgate[] = [];
afterAll(() => Promise.all(running.map((server) => server.stop())));

const accounts = 40;
const lines = Array.from({ length: accounts }, (_, i) => {
  const clientkeys = i % 4 === 0 ? [{ name: 'laptop', secret: `a client key of user ${i}` }] : [];
  return JSON.stringify({ username: `user_${i}`, password: `pw ${i}`, challenge: i % 10 !== 9, clientkeys });
});

async function siteOn(store: string, folder: string) {
  const secret = join(folder, 'root-secret.json');
  const place: Place = { folder, env: { LJGATE_STORE: store, LJGATE_SECRET: secret } };
  expect((await ljgate(place, ['tables', 'create'])).code).toBe(0);
  expect((await ljgate(place, ['import', '-'], lines.join('\n'))).code).toBe(0);
  const args = ['--store', store, '--secret', secret, '--remember', 'off'];
  const servers = [await startLjgate(...args), await startLjgate(...args)] as const;
  running.push(...servers);
  return { place, secret, servers };
}

const post = async ({ url }: Ljgate, form: Record<string, string>, ...headers: string[]) =>
  flatReply(
    (await exchange(url, formPost('/interface/flat', new URLSearchParams(form).toString(), ...headers))).text,
  );

/** A load: each kind of credential, the challenge of one server answered at the other. */
async function load([here, there]: readonly [Ljgate, Ljgate], ending: AbortSignal) {
  const refusals: string[] = [];
  const calls = { password: 0, challenge: 0, key: 0, session: 0 };
  const note = (kind: keyof typeof calls, user: string, reply: { ok: boolean; why: string }) => {
    calls[kind]++;
    if (!reply.ok) refusals.push(`${kind} of ${user}: ${reply.why}`);
  };
  const first = { mode: 'sessiongenerate', user: 'user_1', password: 'pw 1' };
  const session = (await post(here, first)).value('ljsession') ?? '';
  const byCookie = { mode: 'login', user: 'user_1', auth_method: 'cookie' };
  const cookie = ['X-LJ-Auth: cookie', `Cookie: ljsession=${session}`];
  for (let i = 0; !ending.aborted; i = (i + 1) % accounts) {
    const user = `user_${i}`;
    const [one, other] = i % 2 === 0 ? [here, there] : [there, here];
    note('password', user, await post(one, { mode: 'login', user, password: `pw ${i}` }));
    note('session', 'user_1', await post(other, byCookie, ...cookie));
    const password = i % 4 === 0 ? `a client key of user ${i}` : `pw ${i}`;
    if (i % 4 === 0) note('key', user, await post(other, { mode: 'login', user, password }));
    if (i % 10 !== 9 || i % 4 === 0) {
      const challenge = (await post(one, { mode: 'getchallenge' })).value('challenge') ?? '';
      await sleep(i === 0 ? 1500 : 10);
      const answer = { auth_challenge: challenge, auth_response: respond(challenge, password) };
      note(
        'challenge',
        user,
        await post(other, { mode: 'login', user, auth_method: 'challenge', ...answer }),
      );
    }
  }
  return { refusals, calls };
}

const folder = temporaryFolder();

test.concurrent('two servers under load refuse nobody while the secret is rotated, and the old one goes', async () => {
  const { place, secret, servers } = await siteOn(`sqlite:${join(folder, 'lj.sqlite')}`, folder);
  const before = JSON.parse(await readFile(secret, 'utf8'));
  const ending = new AbortController();
  const loads = Promise.all([load(servers, ending.signal), load([servers[1], servers[0]], ending.signal)]);
  await sleep(500);

  const env = { ...process.env, ...place.env };
  for (const ms of [400, 1500, 2600, 3700, 6000]) {
    const child = spawn(process.execPath, [main, 'secrets', 'rotate', '--settle', '2'], {
      env,
      stdio: 'ignore',
    });
    const end = once(child, 'close');
    await Promise.race([sleep(ms), end]);
    child.kill('SIGKILL');
    await end;
  }
  const rotated = await ljgate(place, ['secrets', 'rotate', '--settle', '2', '--json']);
  await sleep(2000);
  ending.abort();
  const outcomes = await loads;
  expect(outcomes.flatMap(({ refusals }) => refusals)).toEqual([]);
  for (const { calls } of outcomes) expect(Math.min(...Object.values(calls))).toBeGreaterThan(20);

  expect([rotated.code, rotated.stderr.split('\n').filter((line) => line.startsWith('ljgate:'))]).toEqual([
    0,
    [],
  ]);
  const after = JSON.parse(await readFile(secret, 'utf8'));
  expect(after.secrets).toHaveLength(1);
  expect(after.current).not.toBe(before.current);
  expect(after).not.toHaveProperty('rotating');
  expect(jsonLines(rotated)).toMatchObject([{ current: after.current, retired: [before.current], kept: [] }]);
  const [status] = jsonLines(await ljgate(place, ['secrets', 'status', '--json']));
  expect(status).toMatchObject({ secrets: [{ id: after.current, verifiers: 36, logins: 4 }], missing: [] });
}, 300_000);

const own = temporaryFolder();

test('on DynamoDB Local a secret that plain-only passwords need is kept until their owners log in', {
  concurrent: true,
  skip: local === undefined,
  timeout: 300_000,
}, async () => {
  const place: Place = {
    folder: own,
    env: {
      LJGATE_STORE: `dynamodb:${uniquePrefix()}@${local}`,
      LJGATE_SECRET: join(own, 'root-secret.json'),
    },
  };
  await ljgate(place, ['tables', 'create']);
  await writeFile(join(own, 'lines'), lines.join('\n'));
  expect((await ljgate(place, ['import', 'lines'])).code).toBe(0);
  const rotated = await ljgate(place, ['secrets', 'rotate', '--settle', '0']);
  expect(rotated.stderr).toMatch(/secret \w+ is kept: 4 passwords and keys need it, 4 of them until/);
  const [status] = jsonLines(await ljgate(place, ['secrets', 'status', '--json']));
  expect(status).toMatchObject({
    secrets: [
      { use: 'old', sealed: 0, verifiers: 0, logins: 4 },
      { use: 'current', sealed: 46, verifiers: 36, logins: 0 },
    ],
  });
});
