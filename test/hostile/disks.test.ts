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
import { failingDisks, makeReadOnly } from './disks.ts';
import { createLedger, type Fate, type Ledger } from './ledger.ts';
import { callerOf, codeOf, type Player } from './players.ts';
import { checkAll, examine, playersOf, startOn } from './stops.ts';

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

/** Every kind of call that writes; resolves to its fate. */
const writes: Readonly<Record<string, (player: Player, session: string) => Promise<Fate>>> = {
  'a session': (player) => player.generate('test'),
  'an expiry': (player, session) => player.expire('test', [session.split(':')[2] ?? '']),
  'an expireall': (player) => player.expire('test', 'all'),
  async 'a challenge'(player) {
    return player.answer('test', (await player.challenge()) ?? '', 'test');
  },
};

/** The fates of all of them over both wires, and what was said, which must be of the protocol. */
async function writeAll(server: Ljgate, ledger: Ledger): Promise<Fate[]> {
  const session = ledger.sessions().at(-1) ?? '';
  const fates: Fate[] = [];
  for (const player of playersOf(server, ledger)) {
    for (const write of Object.values(writes)) fates.push(await write(player, session));
  }
  expect((await fetch(new URL('/interface/flat', server.url))).status).toBe(200);
  return fates;
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
      const ledger = createLedger();
      const tried = new Set<string>();
      const server = await start(file);
      expect(await writeAll(server, ledger)).toEqual(done);

      disk.fail(pidOf(server));
      // What room there is is used up, by the smallest write at last.
      for (let i = 0; (await writeAll(server, ledger)).includes('done'); i++) expect(i).toBeLessThan(500);
      expect(await writeAll(server, ledger)).toEqual(refused);
      await readsStill(server, ledger);

      disk.heal(pidOf(server));
      ledger.settle();
      await checkAll(server, ledger, tried);
      expect(await writeAll(server, ledger)).toEqual(done);

      disk.fail(pidOf(server));
      await writeAll(server, ledger);
      server.process.kill('SIGKILL');
      await once(server.process, 'exit');
      if (disk.outlives) {
        const again = await startOn(file).catch((error: unknown) => String(error));
        if (typeof again === 'string') expect(again).toMatch(/ended with 1:\nljgate: [^\n]*\n?$/);
        else await again.stop();
      }
      disk.heal(0);
      ledger.settle();
      const restarted = await start(file);
      await checkAll(restarted, ledger, tried);
      expect(await writeAll(restarted, ledger)).toEqual(done);
      expect(await restarted.stop()).toBe(0);
      expect(ledger.complaints).toEqual([]);
      const spent = ledger.spent();
      expect(examine(file, spent)).toEqual({ integrity: 'ok', spent: spent.length });
      tally(task, 'disk failures', 2);
    },
  );
});

/** Who needs no write is let in, and a session is checked, while the disk fails. */
async function readsStill(server: Ljgate, ledger: Ledger): Promise<void> {
  for (const wire of wires) expect(codeOf(await callerOf(server.url)(wire, 'login', right))).toBe(0);
  const [player] = playersOf(server, ledger);
  for (const session of ledger.sessions()) expect(await player.verify(session)).not.toBe('unknown');
}

test('a folder that is read-only: the server says so, exits 1 and changes nothing', async ({ task }) => {
  const folder = await freshFolder();
  const file = join(folder, 'lj.sqlite');
  const ledger = createLedger();
  const server = await start(file);
  expect(await writeAll(server, ledger)).toEqual(done);
  server.process.kill('SIGKILL');
  await once(server.process, 'exit');
  const before = await contents(folder);

  const { prefix, undo } = makeReadOnly(folder);
  cleanup.push(undo);
  const command = [...prefix, process.execPath, main, 'serve', '--port', '0', '--store', `sqlite:${file}`];
  const [program = '', ...args] = command;
  const ran = spawnSync(program, args, { encoding: 'utf8', timeout: 30_000 });
  undo();
  cleanup.pop();
  expect([ran.status, ran.stderr]).toEqual([1, expect.stringMatching(/^ljgate: cannot open [^\n]*\n$/)]);
  expect(await contents(folder)).toEqual(before);

  const restarted = await start(file);
  await checkAll(restarted, ledger, new Set());
  expect(await writeAll(restarted, ledger)).toEqual(done);
  expect(await restarted.stop()).toBe(0);
  expect(ledger.complaints).toEqual([]);
  tally(task, 'disk failures', 1);
});

async function contents(folder: string): Promise<Record<string, string>> {
  const names = (await readdir(folder)).toSorted();
  const files = names.map(async (name) => [name, await readFile(join(folder, name), 'base64')] as const);
  return Object.fromEntries(await Promise.all(files));
}
