/** What an import changes in an existing account for one line. */
import type { Account, ClientKey, Password } from '../../core/accounts/account.ts';
import { type AccountLine, digestIn, maxClientKeys } from '../../core/accounts/account-line.ts';
import { clientKeyOf, sealUpstreamKey } from '../../core/accounts/create-account.ts';
import { hashPassword } from '../../core/accounts/hash-password.ts';
import { md5Hex, sha256Hex } from '../../core/auth/digest.ts';
import type { Randomness } from '../../core/ports.ts';
import type { Entry } from './import-entry.ts';
import type { Unlocked } from './operator-context.ts';
import { withFields, withStatus } from './profile.ts';

/** What planning an update needs. */
export interface PlanPorts extends Unlocked {
  readonly random: Randomness;
  /** Unix seconds. */
  readonly now: number;
}

/** What a line changes in an account. */
export type PlannedUpdate =
  | { readonly kind: 'same' }
  | { readonly kind: 'impossible'; readonly reason: string }
  | {
      readonly kind: 'different';
      /** The names of those that differ. */
      readonly fields: readonly string[];
      /** The account as the line makes it, but for its password. */
      readonly profile: Account;
      /** The account as the line makes it. Hashes a password. */
      make(): Promise<Account>;
    };

/**
 * Compares a line with the account of its name. Fields that the line leaves out stay as they are.
 * Nothing is hashed before `make`, unless the account keeps no digest to compare a password with.
 */
export async function planUpdate(
  account: Account,
  { line, source }: Entry,
  ports: PlanPorts,
): Promise<PlannedUpdate> {
  if (line.userid !== undefined && line.userid !== account.userid) {
    return { kind: 'impossible', reason: `userid: the account has ${account.userid}, and keeps it` };
  }
  const edited = withFields(account, line, source);
  const fields = Object.keys(source).filter((name) => {
    const field = name as keyof Account;
    if (name === 'status' || name === 'upstreamKey') return false;
    return JSON.stringify(edited[field]) !== JSON.stringify(account[field]);
  });
  if (Object.hasOwn(source, 'status') && line.status !== account.status) fields.push('status');

  const password = await passwordOver(account, line, source, ports);
  if (password === 'unknown') {
    return { kind: 'impossible', reason: 'challenge: true takes the password, which the line does not give' };
  }
  if (password !== 'same') fields.push(hasPassword(line) ? 'password' : 'challenge');
  const keys = await keysOver(account, line, ports);
  if (keys.length > maxClientKeys) {
    return { kind: 'impossible', reason: `clientkeys: the account would have more than ${maxClientKeys}` };
  }
  if (keys !== account.clientKeys) fields.push('clientkeys');
  const upstreamKey = await upstreamKeyOver(account, line, ports);
  if (upstreamKey !== account.upstreamKey) fields.push('upstreamKey');
  if (fields.length === 0) return { kind: 'same' };
  const status = Object.hasOwn(source, 'status') ? line.status : account.status;
  const site = upstreamKey === undefined ? {} : { upstreamKey };
  const profile = { ...withStatus(edited, status), clientKeys: keys, ...site };
  return {
    kind: 'different',
    fields,
    profile,
    async make() {
      if (password === 'same') return profile;
      const ending = hasPassword(line) ? 1 : 0;
      return { ...profile, password: await password(), generation: profile.generation + ending };
    },
  };
}

function hasPassword({ password, passwordMd5, passwordBcrypt }: AccountLine): boolean {
  return [password, passwordMd5, passwordBcrypt].some((form) => form !== undefined);
}

/** `unknown`: the line asks for what only the password could give. */
async function passwordOver(
  account: Account,
  line: AccountLine,
  source: object,
  ports: PlanPorts,
): Promise<'same' | 'unknown' | (() => Promise<Password>)> {
  const present = account.password;
  const opened = present ? accepted(present) : 'anyForm';
  const wanted = Object.hasOwn(source, 'challenge') ? (line.challenge ? 'anyForm' : 'plainOnly') : opened;
  const same = !hasPassword(line) || (present && (await isSame(account, present, line, ports)));
  if (same && (!present || wanted === opened)) return 'same';

  const { passwordBcrypt: bcrypt } = line;
  if (bcrypt !== undefined && !same) return async () => ({ accepts: 'plainOnce', bcrypt, becomes: wanted });
  const digest = digestIn(line);
  if (digest !== undefined) return () => hashPassword(digest, account.username, wanted, ports);
  if (present?.accepts === 'plainOnce') return async () => ({ ...present, becomes: wanted });
  if (present?.accepts !== 'anyForm') return 'unknown';
  const { verifier, replaced } = present;
  return async () => ({ accepts: 'plainOnly', verifier, ...(replaced && { replaced }) });
}

function accepted(password: Password): 'anyForm' | 'plainOnly' {
  return password.accepts === 'plainOnce' ? password.becomes : password.accepts;
}

/** Comparing with the sealed digest costs nothing; without one, this costs a hash. */
async function isSame(
  { username }: Account,
  present: Password,
  line: AccountLine,
  { hasher, sealer }: Unlocked,
): Promise<boolean> {
  if (line.passwordBcrypt !== undefined) {
    if (present.accepts === 'plainOnce') return present.bcrypt === line.passwordBcrypt;
    return present.replaced === sha256Hex(line.passwordBcrypt);
  }
  const digest = digestIn(line);
  if (digest === undefined || present.accepts === 'plainOnce') return false;
  const kept = present.accepts === 'anyForm' && (await sealer.open(present.sealed, username, 'password'));
  return kept ? kept === digest : hasher.verify(present.verifier, digest);
}

/** The same text where the line gives the same secret, or none. */
async function upstreamKeyOver(
  { username, upstreamKey }: Account,
  line: AccountLine,
  ports: PlanPorts,
): Promise<string | undefined> {
  if (line.upstreamKey === undefined) return upstreamKey;
  const stored = upstreamKey && (await ports.sealer.open(upstreamKey, username, 'upstream-key'));
  if (stored === line.upstreamKey) return upstreamKey;
  return sealUpstreamKey(line.upstreamKey, username, ports);
}

/** Keys of the line take the place of keys of the same name; the others stay. */
async function keysOver(
  { username, clientKeys }: Account,
  line: AccountLine,
  { random, sealer, now }: PlanPorts,
): Promise<readonly ClientKey[]> {
  const fresh = line.clientkeys.filter(({ name, secret }) => {
    const there = clientKeys.find((key) => key.name === name);
    return there?.digest !== sha256Hex(md5Hex(secret));
  });
  if (fresh.length === 0) return clientKeys;
  const replaced = new Set(fresh.map(({ name }) => name));
  const made = await Promise.all(fresh.map((key) => clientKeyOf(key, username, now, { random, sealer })));
  return [...clientKeys.filter(({ name }) => !replaced.has(name)), ...made];
}
