/** A look at everything that a gateway stands on: ticks and crosses, each cross with a remedy. */

import type { RefusalKey } from '../../core/bans.ts';
import { md5Hex, readable } from '../../core/digest.ts';
import type { Session, SessionId } from '../../core/session.ts';
import type { Username } from '../../core/username.ts';
import { createHasher } from '../passwords/argon2.ts';
import { generateKeyring } from '../secrets/keyring.ts';
import type { SecretSource } from '../secrets/source.ts';
import type { Finding } from '../store/open-store.ts';
import { countNeeds } from './needs.ts';
import { type Operator, secondsOf } from './operator.ts';
import { sentenceOf } from './trouble.ts';

/** Looks at everything. What cannot be looked at is a cross of its own; nothing is thrown. */
export async function diagnose(
  operator: Operator,
  source: SecretSource,
  configuration: readonly Finding[],
): Promise<readonly Finding[]> {
  const store = operator.store.description;
  const look = async (what: string, work: () => Promise<readonly Finding[]>, remedy: string) => {
    try {
      return await work();
    } catch (error) {
      const [detail = '', advice] = sentenceOf(error, store).split('; ');
      return [cross(what, detail, advice ?? remedy)];
    }
  };
  const reachable = 'see what --store and its network, tables and permissions are';
  return [
    ...configuration,
    ...(await look('versions', async () => versions(), '')),
    ...(await look('secret', () => secret(operator, source), 'give --secret the place of the root secret')),
    ...(await look('tables', () => operator.store.inspect(), reachable)),
    ...(await look('clock', () => clock(operator), reachable)),
    ...(await look('round trip', () => roundTrip(operator), reachable)),
    ...(await look('hash time', hashTime, 'give this machine more memory')),
  ];
}

/** Lambda's own major. */
const oldestNode = 24;

function versions(): Finding[] {
  const { node, sqlite } = process.versions;
  const detail = `Node ${node}, SQLite ${sqlite ?? '(none)'}, ${process.platform} ${process.arch}`;
  if (Number.parseInt(node, 10) >= oldestNode) return [tick('versions', detail)];
  return [cross('versions', detail, `run it under Node ${oldestNode} or later`)];
}

/** Accounts that are looked at; `secrets status` counts them all. */
const looked = 1000;

async function secret(operator: Operator, source: SecretSource): Promise<Finding[]> {
  const keyring = await source.read();
  const findings: Finding[] = [tick('secret', `${source.description}, current ${keyring.currentId}`)];
  if (keyring.rotating !== undefined) {
    const remedy = 'run: ljgate secrets rotate';
    findings.push(cross('secret: rotation', `to ${keyring.rotating} was interrupted`, remedy));
  }
  const known = new Set(keyring.list().map(({ id }) => id));
  const needed = await countNeeds(operator, looked);
  const missing = [...needed.keys()].filter((id) => !known.has(id));
  findings.push(
    missing.length === 0
      ? tick('secret: accounts', `all of the first ${looked} are under secrets that are there`)
      : cross(
          'secret: accounts',
          `some need ${missing.join(', ')}, which ${source.description} does not have`,
          'restore the root secret of this store, or set the passwords of these accounts anew',
        ),
  );
  return findings;
}

/** Challenges live for a minute: servers whose clocks are far apart refuse each other's. */
const mostSkew = 5;

async function clock({ store, clock: here }: Operator): Promise<Finding[]> {
  const before = here.now();
  const there = await store.serverTime();
  if (there === undefined) return [tick('clock', 'the store has no clock of its own')];
  const after = here.now();
  // The store tells whole seconds, rounded down, of some moment between the two.
  const skew = Math.max(0, before - (there + 1000), there - after) / 1000;
  if (skew <= mostSkew) return [tick('clock', `within ${Math.ceil(skew + 1)} s of the store's`)];
  return [cross('clock', `${Math.round(skew)} s from the store's`, "set this machine's clock by NTP")];
}

/** Writes, reads and ends a session of nobody's: no username has a `#`. */
async function roundTrip(operator: Operator): Promise<Finding[]> {
  const { records, sessions, spent } = operator.store;
  const now = secondsOf(operator);
  const session: Session = {
    owner: '#doctor' as Username,
    id: (1 + (now % 2 ** 30)) as SessionId,
    digest: md5Hex(readable(operator.random.bytes(16))),
    generation: 0,
    term: 'short',
    created: now,
    expires: now,
  };
  const read = async () => {
    const query = { account: session.owner, sessions: [session.id], refusals: [] as RefusalKey[] };
    return (await records.read(query)).sessions.get(session.id);
  };
  const started = performance.now();
  const added = await sessions.add(session);
  const there = await read();
  await sessions.expire(session.owner, [session.id], now);
  const left = await read();
  const ms = Math.round(performance.now() - started);
  const nonce = `doctor-${readable(operator.random.bytes(16))}`;
  const spend = async () => (await spent.spend(nonce, now)).outcome;
  const once = [await spend(), await spend()].join();
  if (added === 'added' && there?.digest === session.digest && !left && once === 'spent,again') {
    return [tick('round trip', `write, read, delete, read in ${ms} ms`)];
  }
  const detail = 'what was written was not read back as it should be';
  return [cross('round trip', detail, 'see that every ljgate on this store is of one version')];
}

/** Milliseconds: below, a log-in feels like one; clients wait for ten seconds at the most. */
const slow = 500;

async function hashTime(): Promise<Finding[]> {
  const hasher = createHasher(generateKeyring());
  await hasher.hash(md5Hex('warm'));
  const started = performance.now();
  await hasher.hash(md5Hex('measured'));
  const ms = Math.round(performance.now() - started);
  const detail = `${ms} ms for one password (argon2id, 19 MiB, 2 passes)`;
  if (ms <= slow) return [tick('hash time', detail)];
  return [cross('hash time', detail, 'give it a faster machine; on Lambda, more memory is a faster one')];
}

function tick(what: string, detail: string): Finding {
  return { what, well: true, detail };
}

function cross(what: string, detail: string, remedy: string): Finding {
  return { what, well: false, detail, remedy };
}
