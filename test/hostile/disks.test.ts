/** Disks that fail under SQLite: refusals of the protocol in both spellings, and nothing lost or spoilt. */
import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, describe, expect, test, vi } from 'vitest';
import { main } from '../support/cli.ts';
import { freshFolder, type Ljgate } from '../support/server.ts';
import { right, wires } from '../support/site.ts';
import { tally } from '../support/tally.ts';
import { type CallHistory, type CallOutcome, createHistory } from './call-history.ts';
import { type CheckedClient, callerOf, codeOf } from './checked-clients.ts';
import { failingDisks, makeReadOnly } from './disks.ts';
import { checkAll, checkedClientsOf, examine, startOn } from './kill-and-restart.ts';

vi.setConfig({ testTimeout: 180_000 });

const running = new Set<Ljgate>();
const cleanup: (() => void)[] = [];
afterAll(() => {
  for (const server of running) server.process.kill('SIGKILL');
  for (const clean of cleanup) clean();
});

const start = async (file: string) => {
  const server = await startOn(file);
  running.add(server);
  return server;
};
const pidOf = ({ process }: Ljgate) => process.pid ?? expect.unreachable();

/** Every kind of call that writes; resolves to its outcome. */
const writes: Readonly<Record<string, (client: CheckedClient, session: string) => Promise<CallOutcome>>> = {
  'a session': (client) => client.generate('test'),
  'an expiry': (client, session) => client.expire('test', [session.split(':')[2] ?? '']),
  'an expireall': (client) => client.expire('test', 'all'),
  async 'a challenge'(client) {
    return client.answer('test', (await client.challenge()) ?? '', 'test');
  },
};

/** The outcomes of all of them over both wires, and what was said, which must be of the protocol. */
async function writeAll(server: Ljgate, history: CallHistory): Promise<CallOutcome[]> {
  const session = history.sessions().at(-1) ?? '';
  const outcomes: CallOutcome[] = [];
  for (const client of checkedClientsOf(server, history)) {
    for (const write of Object.values(writes)) outcomes.push(await write(client, session));
  }
  expect((await fetch(new URL('/interface/flat', server.url))).status).toBe(200);
  return outcomes;
}

const refused = Array(2 * Object.keys(writes).length).fill('unknown');
const done = refused.map(() => 'done');

describe.each(failingDisks)('$name', ({ open }) => {
  test.skipIf(open === undefined)(
    'refuses what it cannot keep, loses nothing, and is well again',
    async ({ task }) => {
      const disk = await (open ?? expect.unreachable)();
      cleanup.push(() => disk.remove());
      const file = join(disk.folder, 'lj.sqlite');
      const history = createHistory();
      const tried = new Set<string>();
      const server = await start(file);
      expect(await writeAll(server, history)).toEqual(done);

      disk.fail(pidOf(server));
      // Even the smallest write no longer fits.
      for (let i = 0; (await writeAll(server, history)).includes('done'); i++) expect(i).toBeLessThan(500);
      expect(await writeAll(server, history)).toEqual(refused);
      await readsStill(server, history);

      disk.heal(pidOf(server));
      history.settle();
      await checkAll(server, history, tried);
      expect(await writeAll(server, history)).toEqual(done);

      disk.fail(pidOf(server));
      await writeAll(server, history);
      server.process.kill('SIGKILL');
      await once(server.process, 'exit');
      if (disk.outlives) {
        const again = await startOn(file).catch((error: unknown) => String(error));
        if (typeof again === 'string') expect(again).toMatch(/ended with 1:\nljgate: [^\n]*\n?$/);
        else await again.stop();
      }
      disk.heal(0);
      history.settle();
      const restarted = await start(file);
      await checkAll(restarted, history, tried);
      expect(await writeAll(restarted, history)).toEqual(done);
      expect(await restarted.stop()).toBe(0);
      expect(history.violations).toEqual([]);
      const spent = history.spent();
      expect(examine(file, spent)).toEqual({ integrity: 'ok', spent: spent.length });
      tally(task, 'disk failures', 2);
    },
  );
});

/** Who needs no write is let in, and a session is checked, while the disk fails. */
async function readsStill(server: Ljgate, history: CallHistory): Promise<void> {
  for (const wire of wires) expect(codeOf(await callerOf(server.url)(wire, 'login', right))).toBe(0);
  const [client] = checkedClientsOf(server, history);
  for (const session of history.sessions()) expect(await client.verify(session)).not.toBe('unknown');
}

test('a folder that is read-only: the server says so, exits 1 and changes nothing', async ({ task }) => {
  const folder = await freshFolder();
  const file = join(folder, 'lj.sqlite');
  const history = createHistory();
  const server = await start(file);
  expect(await writeAll(server, history)).toEqual(done);
  server.process.kill('SIGKILL');
  await once(server.process, 'exit');
  const before = await contents(folder);

  const { prefix, undo } = makeReadOnly(folder);
  cleanup.push(undo);
  const command = [
    ...prefix,
    process.execPath,
    main,
    'serve',
    '--port',
    '0',
    '--session-rate',
    'off',
    '--store',
    `sqlite:${file}`,
  ];
  const [program = '', ...args] = command;
  const ran = spawnSync(program, args, { encoding: 'utf8', timeout: 120_000 });
  undo();
  cleanup.pop();
  expect([ran.status, ran.stderr]).toEqual([1, expect.stringMatching(/^ljgate: cannot open [^\n]*\n$/)]);
  expect(await contents(folder)).toEqual(before);

  const restarted = await start(file);
  await checkAll(restarted, history, new Set());
  expect(await writeAll(restarted, history)).toEqual(done);
  expect(await restarted.stop()).toBe(0);
  expect(history.violations).toEqual([]);
  tally(task, 'disk failures', 1);
});

async function contents(folder: string): Promise<Record<string, string>> {
  const names = (await readdir(folder)).toSorted();
  const files = names.map(async (name) => [name, await readFile(join(folder, name), 'base64')] as const);
  return Object.fromEntries(await Promise.all(files));
}
