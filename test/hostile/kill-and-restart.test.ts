/**
 * `kill -9` of the Node server under load: what it acknowledged is there after a restart. The death of the
 * process is what is tried here, not that of the machine.
 */
import { join } from 'node:path';
import { afterAll, describe, test } from 'vitest';
import { chooser } from '../core/random.ts';
import { times } from '../support/effort.ts';
import { freshFolder, type Ljgate } from '../support/server.ts';
import { tally } from '../support/tally.ts';
import { createHistory } from './call-history.ts';
import { checkAll, examine, loadAndKill, startOn } from './kill-and-restart.ts';

const running = new Set<Ljgate>();
afterAll(() => {
  for (const server of running) server.process.kill('SIGKILL');
});

const kills = times(15, 500);

describe.concurrent('every acknowledged session, expiry and spent challenge outlives kill -9', () => {
  test.for([
    ['of the only server', false],
    ['while another starts on the same file', true],
  ] as const)('%s', { timeout: times(900_000, 3_600_000) }, async ([name, overlapping], { task, expect }) => {
    const file = join(await freshFolder(), 'lj.sqlite');
    const start = async () => {
      const server = await startOn(file);
      running.add(server);
      return server;
    };
    const history = createHistory();
    const tried = new Set<string>();
    let server = await start();
    for (let kill = 0; kill < kills; kill++) {
      const next = overlapping ? start() : undefined;
      await loadAndKill(server, history, chooser(`${name} ${kill}`));
      running.delete(server);
      server = await (next ?? start());
      await checkAll(server, history, tried);
      expect(history.violations).toEqual([]);
    }
    expect(await server.stop()).toBe(0);
    const spent = history.spent();
    expect(spent.length).toBeGreaterThan(kills);
    expect(examine(file, spent)).toEqual({ integrity: 'ok', spent: spent.length });
    tally(task, 'kills survived', kills);
  });
});
