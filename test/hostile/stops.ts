/** A server on one SQLite file that is loaded, killed and started again, and what it acknowledged. */
import { once } from 'node:events';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Chooser } from '../core/random.ts';
import { type Ljgate, startLjgate } from '../support/server.ts';
import { wires } from '../support/site.ts';
import { addresses } from './gateways.ts';
import type { Ledger } from './ledger.ts';
import { type Caller, callerOf, createPlayer, type Player } from './players.ts';

/** The account that the load is on; `--demo` has it. */
const owner = 'test';

/** Starts a server on a file, without bans: calls are refused on purpose, and from one address. */
export function startOn(file: string): Promise<Ljgate> {
  return startLjgate('--demo', '--store', `sqlite:${file}`, '--login-ban', 'off');
}

/** A player for each wire. `onReply` is told of every reply as soon as it is there. */
export function playersOf({ url }: Ljgate, ledger: Ledger, onReply = () => {}): [Player, ...Player[]] {
  const server = callerOf(url);
  const call: Caller = async (...args) => {
    const reply = await server(...args);
    onReply();
    return reply;
  };
  const [first, second] = wires.map((wire) =>
    createPlayer(call, ledger, { wire, address: addresses(), patience: 60_000 }),
  );
  if (!first || !second) throw new Error('no wires');
  return [first, second];
}

/**
 * Loads a server from many clients at once and kills it in the midst: half the time the moment a reply
 * arrives, which is when a write that was acknowledged too early is not there yet.
 */
export async function loadAndKill(server: Ljgate, ledger: Ledger, random: Chooser): Promise<void> {
  const exit = once(server.process, 'exit');
  const kill = () => server.process.kill('SIGKILL');
  const fatal = random.below(2) === 0 ? 1 + random.below(80) : undefined;
  let replies = 0;
  const players = playersOf(server, ledger, () => {
    if (++replies === fatal) kill();
  });
  const clients = Array.from({ length: 16 }, () => client(random, players, ledger));
  if (fatal === undefined) {
    await sleep(random.below(300));
    kill();
  }
  await Promise.all([...clients, exit]);
  ledger.settle();
}

/** Makes calls until the connection breaks. */
async function client(random: Chooser, players: [Player, ...Player[]], ledger: Ledger): Promise<void> {
  for (;;) {
    const player = random.one(players);
    const sessions = ledger.sessions();
    const id = sessions[random.below(sessions.length)]?.split(':')[2];
    const move = random.below(40);
    if (move < 12 || id === undefined) {
      if ((await player.generate(owner)) === 'unknown') return;
    } else if (move < 25) {
      if ((await player.expire(owner, [id])) === 'unknown') return;
    } else if (move < 26) {
      if ((await player.expire(owner, 'all')) === 'unknown') return;
    } else {
      const challenge = await player.challenge();
      if (challenge === undefined || (await player.answer(owner, challenge, 'test')) === 'unknown') return;
    }
  }
}

/** Holds every acknowledgement against what a server says; each challenge is tried again once. */
export async function checkAll(server: Ljgate, ledger: Ledger, tried: Set<string>): Promise<void> {
  const [player] = playersOf(server, ledger);
  const spent = ledger.spent().filter((challenge) => !tried.has(challenge));
  for (const challenge of spent) tried.add(challenge);
  const fates = await Promise.all([
    ...ledger.sessions().map((session) => player.verify(session)),
    ...spent.map((challenge) => player.answer(owner, challenge, 'test')),
  ]);
  if (fates.includes('unknown')) ledger.complaints.push('a check was not answered');
}

/** What SQLite thinks of the file, and how many of these challenges it has as spent. */
export function examine(file: string, challenges: readonly string[]): { integrity: unknown; spent: number } {
  const database = new DatabaseSync(file);
  const [row] = database.prepare('PRAGMA integrity_check').all();
  const kept = database.prepare('SELECT 1 FROM spent WHERE nonce = ?');
  // c0:TIME:KEY:NONCE:MAC
  const spent = challenges.filter((challenge) => kept.get(challenge.split(':')[3] ?? '')).length;
  database.close();
  return { integrity: row?.['integrity_check'], spent };
}
