/** What an import does about one line, held against the account that is there. */
import type { Account, ClientKey, Password } from '../../core/account.ts';
import { md5Hex, sha256Hex } from '../../core/digest.ts';
import {
  type AccountLine,
  clientKeyOf,
  digestIn,
  hashPassword,
  mostClientKeys,
} from '../../core/enrolment.ts';
import type { Randomness } from '../../core/ports.ts';
import type { Entry } from './import-entry.ts';
import type { Unlocked } from './operator.ts';
import { withFields, withStatus } from './profile.ts';

/** What it takes to lay a line over an account. */
export interface PlanPorts extends Unlocked {
  readonly random: Randomness;
  /** Unix seconds. */
  readonly now: number;
}

/** An account with a line laid over it: the names of the fields that differ, and what comes of them. */
export type Overlay =
  | { readonly kind: 'same' }
  | { readonly kind: 'impossible'; readonly reason: string }
  | { readonly kind: 'different'; readonly fields: readonly string[]; make(): Promise<Account> };

/**
 * Lays a line over the account of its name; fields that the line leaves out stay as they are.
 * Nothing is hashed before `make`, unless the account keeps no digest to compare a password with.
 */
export async function overlay(account: Account, { line, given }: Entry, ports: PlanPorts): Promise<Overlay> {
  if (line.userid !== undefined && line.userid !== account.userid) {
    return { kind: 'impossible', reason: `userid: the account has ${account.userid}, and keeps it` };
  }
  const profile = withFields(account, line, given);
  const fields = Object.keys(given).filter((name) => {
    const field = name as keyof Account;
    return name !== 'status' && JSON.stringify(profile[field]) !== JSON.stringify(account[field]);
  });
  if (Object.hasOwn(given, 'status') && line.status !== account.status) fields.push('status');

  const password = await passwordOver(account, line, given, ports);
  if (password === 'unknown') {
    return { kind: 'impossible', reason: 'challenge: true takes the password, which the line does not give' };
  }
  if (password !== 'same') fields.push(hasPassword(line) ? 'password' : 'challenge');
  const keys = await keysOver(account, line, ports);
  if (keys.length > mostClientKeys) {
    return { kind: 'impossible', reason: `clientkeys: the account would have more than ${mostClientKeys}` };
  }
  if (keys !== account.clientKeys) fields.push('clientkeys');
  if (fields.length === 0) return { kind: 'same' };
  return {
    kind: 'different',
    fields,
    async make() {
      const status = Object.hasOwn(given, 'status') ? line.status : account.status;
      const made = { ...withStatus(profile, status), clientKeys: keys };
      if (password === 'same') return made;
      const ending = hasPassword(line) ? 1 : 0;
      return { ...made, password: await password(), generation: made.generation + ending };
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
  given: object,
  ports: PlanPorts,
): Promise<'same' | 'unknown' | (() => Promise<Password>)> {
  const present = account.password;
  const opened = present ? accepted(present) : 'anyForm';
  const wanted = Object.hasOwn(given, 'challenge') ? (line.challenge ? 'anyForm' : 'plainOnly') : opened;
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

/** The sealed digest tells at no cost; without one it takes as long as to hash anew. */
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
