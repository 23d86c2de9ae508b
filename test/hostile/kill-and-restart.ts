/** A server on one SQLite file that is loaded, killed and started again, and what it acknowledged. */
import { once } from 'node:events';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Chooser } from '../core/random.ts';
import { type Ljgate, startLjgate } from '../support/server.ts';
import { wires } from '../support/site.ts';
import type { CallHistory } from './call-history.ts';
import { type Caller, type CheckedClient, callerOf, createCheckedClient } from './checked-clients.ts';
import { addresses } from './gateways.ts';

/** The account that the load is on; `--demo` has it. */
const owner = 'test';

/** Starts a server on a file, without bans: calls are refused on purpose, and from one address. */
export function startOn(file: string): Promise<Ljgate> {
  return startLjgate('--demo', '--store', `sqlite:${file}`, '--login-ban', 'off');
}

/** A client for each wire. `onReply` is called for each reply at once. */
export function checkedClientsOf(
  { url }: Ljgate,
  history: CallHistory,
  onReply = () => {},
): [CheckedClient, ...CheckedClient[]] {
  const server = callerOf(url);
  const call: Caller = async (...args) => {
    const reply = await server(...args);
    onReply();
    return reply;
  };
  const [first, second] = wires.map((wire) =>
    createCheckedClient(call, history, { wire, address: addresses(), timeLimit: 60_000 }),
  );
  if (!first || !second) throw new Error('no wires');
  return [first, second];
}

/**
 * Loads a server from many clients at once and kills it meanwhile: half the time at the moment a reply
 * arrives, when a write that was acknowledged too early is not on the disk yet.
 */
export async function loadAndKill(server: Ljgate, history: CallHistory, random: Chooser): Promise<void> {
  const exit = once(server.process, 'exit');
  const kill = () => server.process.kill('SIGKILL');
  const fatal = random.below(2) === 0 ? 1 + random.below(80) : undefined;
  let replies = 0;
  const callers = checkedClientsOf(server, history, () => {
    if (++replies === fatal) kill();
  });
  const clients = Array.from({ length: 16 }, () => callUntilKilled(random, callers, history));
  if (fatal === undefined) {
    await sleep(random.below(300));
    kill();
  }
  await Promise.all([...clients, exit]);
  history.settle();
}

/** Makes calls until the connection breaks. */
async function callUntilKilled(
  random: Chooser,
  clients: [CheckedClient, ...CheckedClient[]],
  history: CallHistory,
): Promise<void> {
  for (;;) {
    const client = random.one(clients);
    const sessions = history.sessions();
    const id = sessions[random.below(sessions.length)]?.split(':')[2];
    const choice = random.below(40);
    if (choice < 12 || id === undefined) {
      if ((await client.generate(owner)) === 'unknown') return;
    } else if (choice < 25) {
      if ((await client.expire(owner, [id])) === 'unknown') return;
    } else if (choice < 26) {
      if ((await client.expire(owner, 'all')) === 'unknown') return;
    } else {
      const challenge = await client.challenge();
      if (challenge === undefined || (await client.answer(owner, challenge, 'test')) === 'unknown') return;
    }
  }
}

/** Compares all that was acknowledged with what a server answers; each challenge is tried again once. */
export async function checkAll(server: Ljgate, history: CallHistory, tried: Set<string>): Promise<void> {
  const [client] = checkedClientsOf(server, history);
  const spent = history.spent().filter((challenge) => !tried.has(challenge));
  for (const challenge of spent) tried.add(challenge);
  const outcomes = await Promise.all([
    ...history.sessions().map((session) => client.verify(session)),
    ...spent.map((challenge) => client.answer(owner, challenge, 'test')),
  ]);
  if (outcomes.includes('unknown')) history.violations.push('a check was not answered');
}

/** What SQLite thinks of the file, and how many of these challenges it has as spent. */
export function examine(file: string, challenges: readonly string[]): { integrity: unknown; spent: number } {
  const database = new DatabaseSync(file);
  const [row] = database.prepare('PRAGMA integrity_check').all();
  const find = database.prepare('SELECT 1 FROM spent WHERE nonce = ?');
  // c0:TIME:KEY:NONCE:MAC
  const spent = challenges.filter((challenge) => find.get(challenge.split(':')[3] ?? '')).length;
  database.close();
  return { integrity: row?.['integrity_check'], spent };
}
