/** Resident memory of a server: idle, wave after wave of load, with a million sessions, and idle again. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Username } from '../../core/accounts/username.ts';
import { addAccounts } from './contestants.ts';
import { sessionOwner, type Work } from './conversations.ts';
import { addSessions, openBenchGateway } from './growth-data.ts';
import type { Tide, Wave } from './load.ts';
import type { Plan } from './plan.ts';
import { benchFolder, removeFolder, startLjgate, startProgram } from './processes.ts';

/** Memory at one moment. */
export interface MemoryRow {
  readonly when: string;
  readonly mebibytes: number;
}

const works: readonly Work[] = [
  'flat challenge log-in',
  'XML-RPC challenge log-in',
  'whole session life',
  'log-in by cookie',
  'plain password, remembered',
];

/** Measures one server from its start on. Only Linux says what a process holds. */
export async function measureMemory(plan: Plan): Promise<MemoryRow[]> {
  const folder = benchFolder();
  const path = join(folder, 'memory.sqlite');
  const load = startProgram('load.ts');
  const server = await startLjgate(folder, `sqlite:${path}`);
  const rows: MemoryRow[] = [];
  const note = (when: string) => {
    const status = readFileSync(`/proc/${server.process.pid}/status`, 'utf8');
    rows.push({ when, mebibytes: Number(/^VmRSS:\s+(\d+)/m.exec(status)?.[1]) / 1024 });
  };
  let from = 0;
  const wave = async (when: string) => {
    for (const talk of works) {
      const until = { ms: 4 * plan.waveMs };
      const asked: Wave = { port: server.port, keepAlive: false, clients: 8, talk, until, from };
      from += (await load.ask<Tide>(asked)).conversations;
    }
    plan.say(`memory: ${when}`);
    note(when);
  };
  try {
    note('idle, after the start');
    await addAccounts(folder, `sqlite:${path}`, 0);
    for (let round = 1; round <= 6; round++) await wave(`after wave ${round} of each kind of work`);
    const sessions = plan.quick ? 10_000 : 1_000_000;
    await addManySessions(path, sessions);
    await wave(`after one more, over ${sessions.toLocaleString('en')} sessions`);
    await sleep(5000);
    note('idle again, for five seconds');
    return rows;
  } finally {
    await Promise.all([load, server].map((one) => one.stop()));
    removeFolder(folder);
  }
}

/** Of one account after another, a thousand each. */
async function addManySessions(path: string, count: number): Promise<void> {
  const bench = openBenchGateway(path);
  for (let i = 0; i < count / 1000; i++) {
    await addSessions(bench, sessionOwner(i).username as Username, 1000);
  }
  bench.file.close();
  await bench.store.close();
}
