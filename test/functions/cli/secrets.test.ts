/** `ljgate secrets …`: rotated by root, rotated for Workers, and given up. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chown, readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, describe, expect, test } from 'vitest';
import { operate } from '../../../functions/cli/operate.ts';
import { rotateSecret } from '../../../infra/operations/rotation.ts';
import { jsonLines, ljgate, main, type WorkingFolder } from '../../support/cli.ts';
import { requireProgram } from '../../support/requirements.ts';
import { exchange, formPost } from '../../support/socket.ts';
import { temporaryFolder } from '../../support/stores.ts';
import { onTerminal } from '../../support/terminal.ts';
import { flatReply, respond } from '../../support/wire.ts';

const python = requireProgram('python3');

function site() {
  const folder = temporaryFolder();
  const [database, secret] = [join(folder, 'lj.sqlite'), join(folder, 'root-secret.json')];
  const place: WorkingFolder = { folder, env: { LJGATE_STORE: `sqlite:${database}` } };
  const add = (name: string) => ljgate(place, ['accounts', 'add', name, '--password-stdin'], `pw of ${name}`);
  const keyring = async () => JSON.parse(await readFile(secret, 'utf8'));
  return { folder, database, secret, place, add, keyring };
}

describe.runIf(process.getuid?.() === 0)('a server that runs as another user', () => {
  const user = { uid: 4711, gid: 4712 };
  const running: ChildProcess[] = [];
  afterAll(() => Promise.all(running.map((child) => child.kill() && once(child, 'exit'))));

  async function serveAs(folder: string, store: string): Promise<URL> {
    const args = [main, 'serve', '--port', '0', '--log', 'json', '--remember', 'off', '--store', store];
    const child = spawn(process.execPath, args, {
      ...user,
      cwd: folder,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    running.push(child);
    for await (const line of createInterface(child.stdout)) {
      const { message, url } = JSON.parse(line);
      if (message === 'listening') return new URL(url);
    }
    throw new Error('it ended');
  }

  test("refuses nobody while root rotates the secret: the file stays the user's", async () => {
    const { folder, database, secret, add } = site();
    await add('alice');
    for (const path of [folder, database, secret]) await chown(path, user.uid, user.gid);
    const url = await serveAs(folder, `sqlite:${database}`);
    const post = async (form: Record<string, string>) =>
      flatReply(
        (await exchange(url, formPost('/interface/flat', new URLSearchParams(form).toString()))).text,
      );
    const login = async () => {
      const challenge = (await post({ mode: 'getchallenge' })).value('challenge') ?? '';
      const answer = { auth_challenge: challenge, auth_response: respond(challenge, 'pw of alice') };
      const replies = [
        await post({ mode: 'login', user: 'alice', password: 'pw of alice' }),
        await post({ mode: 'login', user: 'alice', auth_method: 'challenge', ...answer }),
      ];
      return replies.map(({ ok, why }) => (ok ? 'ok' : why));
    };
    const seen: string[][] = [];
    const options = {
      store: { kind: 'sqlite', path: database },
      secret: { kind: 'file', path: secret },
    } as const;
    await operate(options, (operator) =>
      rotateSecret(operator, operator.source, {
        onStep: () => {},
        async wait() {
          await sleep(1500);
          seen.push(await login());
        },
      }),
    );
    await sleep(1500);
    seen.push(await login());
    expect(seen).toEqual(seen.map(() => ['ok', 'ok']));
    const { uid, gid, mode } = await stat(secret);
    expect([uid, gid, mode & 0o777]).toEqual([user.uid, user.gid, 0o600]);
  });
});

describe('a rotation for servers that do not read the file', () => {
  test('of a D1 database asks, and so does nothing without a terminal', async () => {
    const { place, add, keyring, secret } = site();
    await add('alice');
    const before = await keyring();
    const args = ['secrets', 'rotate', '--store', 'd1:ljgate', '--secret', secret];
    const { code, stderr } = await ljgate(place, args);
    expect([code, stderr]).toEqual([2, expect.stringMatching(/no terminal to ask on; give --yes/)]);
    expect(await keyring()).toEqual(before);
  });

  test.skipIf(!python)(
    'asks before the secret is used and before anything is renewed; no ends it there',
    async () => {
      const { place, add, keyring, secret } = site();
      await add('alice');
      const before = await keyring();
      const rotate = (...answers: string[]) => {
        const steps = answers.map((answer) => ['new secrets?', answer] as const);
        return onTerminal(place, ['secrets', 'rotate', '--ask', '--settle', '0'], steps);
      };
      const first = await rotate('\r');
      expect([first.code, first.shown]).toEqual([
        1,
        expect.stringContaining(`npx wrangler secret put LJGATE_ROOT_SECRET < ${secret}`),
      ]);
      expect(first.shown).toContain('ljgate: the rotation stopped; run it again');
      const added = await keyring();
      expect(added).toMatchObject({ current: before.current, rotating: expect.any(String) });
      expect((await rotate('y\r', 'n\r')).code).toBe(1);
      expect(await keyring()).toMatchObject({ current: added.rotating, rotating: added.rotating });
      const { secrets } = jsonLines(await ljgate(place, ['secrets', 'status', '--json']))[0] ?? {};
      expect(secrets).toMatchObject([
        { id: before.current, use: 'old', sealed: 1, verifiers: 1 },
        { id: added.rotating, use: 'current', sealed: 0, verifiers: 0 },
      ]);
    },
  );
});

test('a lost secret is given up, and a new one made for new passwords', async () => {
  const { place, add, keyring, secret } = site();
  for (const name of ['alice', 'bob']) await add(name);
  const { current } = await keyring();
  await rm(secret);
  const refused = await add('carol');
  expect([refused.code, refused.stderr]).toEqual([
    2,
    expect.stringContaining(`npx ljgate secrets drop ${current}`),
  ]);

  const asked = await ljgate(place, ['secrets', 'drop', current]);
  expect([asked.code, asked.stderr]).toEqual([2, expect.stringContaining('--yes')]);
  const dropped = await ljgate(place, ['secrets', 'drop', current, '--yes']);
  expect([dropped.code, dropped.stdout]).toEqual([
    0,
    `secret ${current} is given up. These need a new password or new client keys: alice, bob.\n`,
  ]);
  const set = await ljgate(place, ['accounts', 'set-password', 'alice', '--password-stdin'], 'a new one');
  expect([set.code, set.stderr]).toEqual([0, '']);
  expect((await keyring()).current).not.toBe(current);
  const [status] = jsonLines(await ljgate(place, ['secrets', 'status', '--json']));
  expect(status).toMatchObject({ secrets: [{ verifiers: 1 }], missing: [] });
});
