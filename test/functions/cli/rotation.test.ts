/** The root secret is rotated while two servers on one store are logged in to. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, expect, test } from 'vitest';
import { operate } from '../../../functions/cli/operate.ts';
import { type Rotation, type RotationStep, rotateSecret } from '../../../infra/operations/rotation.ts';
import { parseStoreUri } from '../../../infra/stores/store-uri.ts';
import { jsonLines, ljgate, main, type WorkingFolder } from '../../support/cli.ts';
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

/** Where a site's accounts and its secret are. */
interface Site {
  readonly store: string;
  readonly secret: string;
  readonly place: WorkingFolder;
}

async function siteOn(store: string, folder: string): Promise<Site> {
  const secret = join(folder, 'root-secret.json');
  const place: WorkingFolder = { folder, env: { LJGATE_STORE: store, LJGATE_SECRET: secret } };
  expect((await ljgate(place, ['tables', 'create'])).code).toBe(0);
  expect((await ljgate(place, ['import', '-'], lines.join('\n'))).code).toBe(0);
  return { store, secret, place };
}

/** Rotates as the command does, but for how it waits. */
function rotate(
  { store, secret }: Site,
  settle: number,
  wait: (ms: number) => Promise<void>,
  onStep: (step: RotationStep) => void = () => {},
): Promise<Rotation> {
  return operate({ store: parseStoreUri(store), secret: { kind: 'file', path: secret } }, (operator) =>
    rotateSecret(operator, operator.source, { settle, wait, onStep }),
  );
}

const post = async ({ url }: Ljgate, form: Record<string, string>, ...headers: string[]) =>
  flatReply(
    (await exchange(url, formPost('/interface/flat', new URLSearchParams(form).toString(), ...headers))).text,
  );

/** Calls with each kind of credential, the challenge of one server answered at the other. */
class Load {
  readonly refusals: string[] = [];
  readonly calls = { password: 0, challenge: 0, key: 0, session: 0 };
  readonly done: Promise<void>;
  #ending = false;

  constructor(servers: readonly [Ljgate, Ljgate]) {
    this.done = this.#run(servers);
  }

  end(): Promise<void> {
    this.#ending = true;
    return this.done;
  }

  /** Resolves when no challenge is unanswered that was made before. */
  async challengesAnswered(): Promise<void> {
    const before = this.calls.challenge;
    while (this.calls.challenge < before + 2) await sleep(10);
  }

  /** Resolves when every account has logged in by its password since. */
  async everybodyLoggedIn(): Promise<void> {
    const before = this.calls.password;
    while (this.calls.password <= before + accounts) await sleep(10);
  }

  #note(kind: keyof Load['calls'], user: string, reply: { ok: boolean; why: string }): void {
    this.calls[kind]++;
    if (!reply.ok) this.refusals.push(`${kind} of ${user}: ${reply.why}`);
  }

  async #run([here, there]: readonly [Ljgate, Ljgate]): Promise<void> {
    const first = { mode: 'sessiongenerate', user: 'user_1', password: 'pw 1' };
    const session = (await post(here, first)).value('ljsession') ?? '';
    const byCookie = { mode: 'login', user: 'user_1', auth_method: 'cookie' };
    const cookie = ['X-LJ-Auth: cookie', `Cookie: ljsession=${session}`];
    for (let i = 0; !this.#ending; i = (i + 1) % accounts) {
      const user = `user_${i}`;
      const [one, other] = i % 2 === 0 ? [here, there] : [there, here];
      this.#note('password', user, await post(one, { mode: 'login', user, password: `pw ${i}` }));
      this.#note('session', 'user_1', await post(other, byCookie, ...cookie));
      const password = i % 4 === 0 ? `a client key of user ${i}` : `pw ${i}`;
      if (i % 4 === 0) this.#note('key', user, await post(other, { mode: 'login', user, password }));
      if (i % 10 !== 9 || i % 4 === 0) {
        const challenge = (await post(one, { mode: 'getchallenge' })).value('challenge') ?? '';
        const answer = { auth_challenge: challenge, auth_response: respond(challenge, password) };
        const form = { mode: 'login', user, auth_method: 'challenge', ...answer };
        this.#note('challenge', user, await post(other, form));
      }
    }
  }
}

/** Starts `ljgate secrets rotate` and kills it once it has printed a line. */
async function killedAt({ place }: Site, line: RegExp): Promise<void> {
  const args = [main, 'secrets', 'rotate', '--settle', '2'];
  const child = spawn(process.execPath, args, {
    env: { ...process.env, ...place.env },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const printed: string[] = [];
  for await (const text of createInterface(child.stderr)) {
    printed.push(text);
    if (line.test(text)) child.kill('SIGKILL');
  }
  if (child.signalCode === null && child.exitCode === null) await once(child, 'close');
  expect(printed).toContainEqual(expect.stringMatching(line));
  expect(child.signalCode).toBe('SIGKILL');
}

const folder = temporaryFolder();

test('two servers under load refuse nobody while the secret is rotated, and the old one goes', async () => {
  const site = await siteOn(`sqlite:${join(folder, 'lj.sqlite')}`, folder);
  const { store, secret, place } = site;
  const before = JSON.parse(await readFile(secret, 'utf8'));
  const args = ['--store', store, '--secret', secret, '--remember', 'off'];
  const servers = [await startLjgate(...args), await startLjgate(...args)] as const;
  running.push(...servers);
  const loads = [new Load(servers), new Load([servers[1], servers[0]])];
  await Promise.all(loads.map((load) => load.challengesAnswered()));

  for (const line of [
    /is added/,
    /until every server knows the new secret/,
    /is current/,
    /until every server uses it/,
    /accounts read/,
    /until no challenge of the old secret is in flight/,
  ]) {
    await killedAt(site, line);
  }
  // Only log-ins renew passwords that forbid challenges, and the new secret is current by now.
  await Promise.all(loads.map((load) => load.everybodyLoggedIn()));
  // Challenges lapse after a minute; these are answered sooner.
  const rotated = await rotate(site, 2, async (ms) => {
    if (ms <= 2000) await sleep(ms);
    else await Promise.all(loads.map((load) => load.challengesAnswered()));
  });
  await Promise.all(loads.map((load) => load.challengesAnswered()));
  await Promise.all(loads.map((load) => load.end()));
  expect(loads.flatMap(({ refusals }) => refusals)).toEqual([]);
  for (const { calls } of loads) expect(Math.min(...Object.values(calls))).toBeGreaterThan(0);

  const after = JSON.parse(await readFile(secret, 'utf8'));
  expect(after.secrets).toHaveLength(1);
  expect(after.current).not.toBe(before.current);
  expect(after).not.toHaveProperty('rotating');
  expect(rotated).toMatchObject({ current: after.current, retired: [before.current], kept: [] });
  const [status] = jsonLines(await ljgate(place, ['secrets', 'status', '--json']));
  expect(status).toMatchObject({ secrets: [{ id: after.current, verifiers: 36, logins: 4 }], missing: [] });
}, 300_000);

const own = temporaryFolder();

test.skipIf(local === undefined)(
  'on DynamoDB Local a secret that plain-only passwords need is kept until their owners log in',
  async () => {
    const site = await siteOn(`dynamodb:${uniquePrefix()}@${local}`, own);
    const steps: RotationStep[] = [];
    await rotate(
      site,
      0,
      async () => {},
      (step) => steps.push(step),
    );
    expect(steps.at(-1)).toMatchObject({ step: 'kept', needs: { sealed: 0, verifiers: 0, logins: 4 } });
    const [status] = jsonLines(await ljgate(site.place, ['secrets', 'status', '--json']));
    expect(status).toMatchObject({
      secrets: [
        { use: 'old', sealed: 0, verifiers: 0, logins: 4 },
        { use: 'current', sealed: 46, verifiers: 36, logins: 0 },
      ],
    });
  },
  300_000,
);
