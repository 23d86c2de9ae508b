/** Checks everything that a gateway depends on. Each finding is a tick, or a cross with a remedy. */

import { usernameOf } from '../../core/accounts/username.ts';
import { md5Hex, readable } from '../../core/auth/digest.ts';
import type { Session } from '../../core/sessions/session.ts';
import { sessionIdOf } from '../../core/sessions/session-string.ts';
import { createHasher } from '../passwords/argon2.ts';
import { generateKeyring } from '../secrets/keyring.ts';
import type { SecretSource } from '../secrets/secret-source.ts';
import { type Finding, failed, passed } from '../stores/finding.ts';
import type { OpenStore } from '../stores/open-store.ts';
import { explainError } from './explain-error.ts';
import { type Operator, secondsOf } from './operator-context.ts';
import { countSecretUsage, idsOf, neededSecrets } from './secret-usage.ts';

/** The doctor needs the whole store. */
interface DoctorContext extends Operator {
  readonly store: OpenStore;
}

/** Checks everything. A check that fails is a cross of its own; nothing is thrown. */
export async function diagnose(
  operator: DoctorContext,
  source: SecretSource,
  configuration: readonly Finding[],
  checkSite: () => Promise<readonly Finding[]> = async () => [],
): Promise<readonly Finding[]> {
  const store = operator.store.description;
  const look = async (what: string, work: () => Promise<readonly Finding[]>, remedy: string) => {
    try {
      return await work();
    } catch (error) {
      const [detail = '', advice] = explainError(error, store).split('; ');
      return [failed(what, detail, advice ?? remedy)];
    }
  };
  const reachable = 'check --store, and its network, tables and permissions';
  return [
    ...configuration,
    ...(await look('versions', async () => versions(), '')),
    ...(await look('secret', () => secret(operator, source), 'set --secret to the root secret')),
    ...(await look('tables', () => operator.store.inspect(), reachable)),
    ...(await look('clock', () => clock(operator), reachable)),
    ...(await look('round trip', () => roundTrip(operator), reachable)),
    ...(await look('site', checkSite, 'check --upstream')),
    ...(await look('hash time', hashTime, 'give this machine more memory')),
  ];
}

/**
 * Checks what can be checked without the store: it could not be opened, and `error` says why.
 * @param store - as `--store` names it
 */
export async function diagnoseWithoutStore(
  store: string,
  error: Error,
  source: SecretSource,
  configuration: readonly Finding[],
  checkSite: () => Promise<readonly Finding[]> = async () => [],
): Promise<readonly Finding[]> {
  const [detail = '', ...advice] = error.message.split('; ');
  const opened = failed('store', detail, advice.join('; ') || `check --store ${store}`);
  const secret = await source.read().then(
    ({ currentId }) => passed('secret', `${source.description}, current ${currentId}`),
    ({ message }: Error) => failed('secret', message, 'set --secret to the root secret'),
  );
  return [...configuration, ...versions(), opened, secret, ...(await checkSite()), ...(await hashTime())];
}

/** The oldest version whose node:sqlite takes numbered parameters; functions/cli/launch.mjs asks for the same. */
const oldestNode = { major: 22, minor: 20 };

function versions(): Finding[] {
  const { node, sqlite } = process.versions;
  const detail = `Node ${node}, SQLite ${sqlite ?? '(none)'}, ${process.platform} ${process.arch}`;
  const [major = 0, minor = 0] = node.split('.').map(Number);
  const isOld = major < oldestNode.major || (major === oldestNode.major && minor < oldestNode.minor);
  if (!isOld) return [passed('versions', detail)];
  return [failed('versions', detail, `run it under Node ${oldestNode.major}.${oldestNode.minor} or later`)];
}

/** Accounts that are looked at; `secrets status` counts them all. */
const looked = 1000;

async function secret(operator: Operator, source: SecretSource): Promise<Finding[]> {
  const keyring = await source.read();
  const findings: Finding[] = [passed('secret', `${source.description}, current ${keyring.currentId}`)];
  const access = source.access?.();
  if (access) findings.push(passed('secret: access', access.detail));
  if (keyring.rotating !== undefined) {
    const remedy = 'run: npx ljgate secrets rotate';
    findings.push(failed('secret: rotation', `to ${keyring.rotating} was interrupted`, remedy));
  }
  const known = new Set(keyring.list().map(({ id }) => id));
  const used = idsOf(await countSecretUsage(operator, looked));
  const needed = new Set([...(await neededSecrets(operator.store)), ...used]);
  const missing = [...needed].filter((id) => !known.has(id));
  findings.push(
    missing.length === 0
      ? passed(
          'secret: accounts',
          `what the store needs is there (the first ${looked} accounts were looked at)`,
        )
      : failed(
          'secret: accounts',
          `the store needs ${missing.join(', ')}, which ${source.description} does not have`,
          `restore the root secret of this store; if it is lost for good: npx ljgate secrets drop ${missing[0]}`,
        ),
  );
  return findings;
}

/** Seconds. Challenges live for a minute: servers whose clocks are far apart refuse each other's. */
const mostSkew = 5;

async function clock({ store, clock: here }: DoctorContext): Promise<Finding[]> {
  const before = here.now();
  const there = await store.serverTime();
  if (there === undefined) return [passed('clock', 'the store has no clock of its own')];
  const after = here.now();
  // The store's time is of a moment between `before` and `after`, rounded down to a second.
  const skew = Math.max(0, before - (there + 1000), there - after) / 1000;
  if (skew <= mostSkew) return [passed('clock', `within ${Math.ceil(skew + 1)} s of the store's`)];
  return [failed('clock', `${Math.round(skew)} s from the store's`, "set this machine's clock by NTP")];
}

/** Writes, reads and ends a session whose AUTH part nobody knows. */
async function roundTrip(operator: Operator): Promise<Finding[]> {
  const { records, sessions, spent } = operator.store;
  const now = secondsOf(operator);
  const session: Session = {
    owner: usernameOf('ljgate_doctor'),
    id: sessionIdOf(1 + (now % 2 ** 30)),
    digest: md5Hex(readable(operator.random.bytes(16))),
    generation: 0,
    term: 'short',
    created: now,
    expires: now,
  };
  const read = async () => {
    const query = { account: session.owner, sessions: [session.id], refusals: [] };
    return (await records.read(query)).sessions.get(session.id);
  };
  const started = performance.now();
  const added = await sessions.add(session);
  const there = await read();
  await sessions.expire(session.owner, [session.id], now);
  const left = await read();
  const ms = Math.round(performance.now() - started);
  const nonce = `doctor-${readable(operator.random.bytes(16))}`;
  const spend = () => spent.spend(nonce, now);
  const once = [await spend(), await spend()].join();
  if (added === 'added' && there?.digest === session.digest && !left && once === 'spent,again') {
    return [passed('round trip', `write, read, delete, read in ${ms} ms`)];
  }
  const detail = 'what was written was not read back unchanged';
  return [failed('round trip', detail, 'use one version of ljgate everywhere on this store')];
}

/** Milliseconds for a hash above which people notice that a log-in takes long. */
const slow = 500;

async function hashTime(): Promise<Finding[]> {
  const hasher = createHasher(generateKeyring());
  await hasher.hash(md5Hex('warm'));
  const started = performance.now();
  await hasher.hash(md5Hex('measured'));
  const ms = Math.round(performance.now() - started);
  const detail = `${ms} ms for one password (argon2id, 19 MiB, 2 passes)`;
  if (ms <= slow) return [passed('hash time', detail)];
  return [failed('hash time', detail, 'use a faster machine; on Lambda, give it more memory')];
}
