/** What lets an account in: its password, whether that serves challenges, and its status. */
import type { Account, Status } from '../../core/accounts/account.ts';
import { digestIn, parseAccountLine } from '../../core/accounts/account-line.ts';
import { sealUpstreamKey } from '../../core/accounts/create-account.ts';
import { hashPassword } from '../../core/accounts/hash-password.ts';
import type { Username } from '../../core/accounts/username.ts';
import { type Md5Hex, readable } from '../../core/auth/digest.ts';
import {
  type ChangeCondition,
  change,
  changeStored,
  find,
  OperationRefused,
  type Operator,
} from './operator-context.ts';
import { withStatus } from './profile.ts';
import { type AccountView, viewOf } from './views.ts';

/** A password to set: given, as its MD5, or to be made up. */
export interface NewPassword {
  readonly password?: string | undefined;
  readonly passwordMd5?: string | undefined;
  readonly generate?: boolean | undefined;
}

/** A password that was made up: shown once, stored nowhere. */
export interface Generated {
  readonly generatedPassword?: string;
}

/** How a password is replaced. */
export interface PasswordChange extends ChangeCondition {
  /** Whether it serves challenges; absent: as before. */
  readonly challenge?: boolean | undefined;
  /** Revokes every client key in the same write; else all stay valid. */
  readonly revokeKeys?: boolean | undefined;
}

/** A password that was set, and the names of the account's client keys. */
export interface PasswordSet extends Generated {
  readonly username: string;
  /** Those that still let a program in. */
  readonly clientKeys: readonly string[];
  readonly revokedKeys: readonly string[];
}

/** 100 random bits, easy to type. */
export function generatePassword({ random }: Operator): string {
  return (readable(random.bytes(20)).match(/.{5}/g) ?? []).join('-');
}

/**
 * Sets the password, which ends every session.
 * @throws {OperationRefused}
 */
export async function setPassword(
  operator: Operator,
  username: Username,
  { generate, ...source }: NewPassword,
  options: Omit<PasswordChange, 'confirmed'> = {},
): Promise<PasswordSet> {
  const { account: before } = await find(operator, username);
  const password = generate ? generatePassword(operator) : undefined;
  const parsed = parseAccountLine({ username, ...(password === undefined ? source : { password }) });
  if (!parsed.ok)
    throw new OperationRefused(`the password was not set: ${parsed.reason}`, {
      kind: 'invalid',
      faults: parsed.faults,
    });
  const digest = digestIn(parsed.line);
  if (!digest) throw new OperationRefused('the password was not set: none was given', { kind: 'invalid' });
  const { clientKeys } = await replacePassword(operator, username, digest, options);
  const revoked = before.clientKeys.filter(({ id }) => !clientKeys.some((key) => key.id === id));
  return {
    username,
    clientKeys: clientKeys.map(({ name }) => name),
    revokedKeys: revoked.map(({ name }) => name),
    ...(password !== undefined && { generatedPassword: password }),
  };
}

/**
 * Replaces the password, which ends every session. Gives the account as it was written: a session for the
 * one who changed it belongs to that generation, and ends when somebody else has changed it since.
 * @throws {OperationRefused | ConfirmationOutdated | HasherBusy}
 */
export async function replacePassword(
  operator: Operator,
  username: Username,
  digest: Md5Hex,
  { challenge, revokeKeys, ...condition }: PasswordChange,
): Promise<Account> {
  const unlocked = await operator.unlock();
  // Both forms are made of one hash, and the account as it then is says which of them it takes.
  const any = await hashPassword(digest, username, 'anyForm', unlocked);
  return change(
    operator,
    username,
    (account) => {
      const open = challenge ?? takesChallenges(account);
      return {
        ...account,
        password: open ? any : { accepts: 'plainOnly', verifier: any.verifier },
        clientKeys: revokeKeys ? [] : account.clientKeys,
        generation: account.generation + 1,
      };
    },
    condition,
  );
}

function takesChallenges({ password }: Account): boolean {
  if (password?.accepts === 'plainOnce') return password.becomes === 'anyForm';
  return password?.accepts !== 'plainOnly';
}

/** Sets the status. One that carries no sessions ends them in the same write. @throws {OperationRefused} */
export async function setStatus(
  operator: Operator,
  username: Username,
  status: Status,
  condition?: ChangeCondition,
): Promise<AccountView> {
  return viewOf(await changeStored(operator, username, (account) => withStatus(account, status), condition));
}

/**
 * Whether the password serves challenges. Turned off, the digest that they take is dropped for good.
 * @throws {OperationRefused} when there is no digest to turn them on with
 */
export async function setChallenge(
  operator: Operator,
  username: Username,
  on: boolean,
  condition?: ChangeCondition,
): Promise<AccountView> {
  const edit = (account: Account): Account => {
    const { password } = account;
    if (!password)
      throw new OperationRefused(`account "${username}" has no password`, {
        hint: 'npx ljgate accounts set-password sets one',
      });
    if (password.accepts === 'plainOnce') {
      return { ...account, password: { ...password, becomes: on ? 'anyForm' : 'plainOnly' } };
    }
    if (on === (password.accepts === 'anyForm')) return account;
    if (on) {
      throw new OperationRefused('the digest that challenges need was deleted', {
        hint: `run: npx ljgate accounts set-password ${username} --challenge on`,
      });
    }
    const { verifier, replaced } = password;
    return { ...account, password: { accepts: 'plainOnly', verifier, ...(replaced && { replaced }) } };
  };
  return viewOf(await changeStored(operator, username, edit, condition));
}

/**
 * Sets the account's secret at the site behind; `null` removes it. Sessions stay valid.
 * @throws {OperationRefused}
 */
export async function setUpstreamKey(
  operator: Operator,
  username: Username,
  secret: string | null,
  condition?: ChangeCondition,
): Promise<AccountView> {
  await find(operator, username);
  if (secret === null) {
    return viewOf(
      await changeStored(operator, username, ({ upstreamKey: _, ...account }) => account, condition),
    );
  }
  const parsed = parseAccountLine({ username, upstreamKey: secret });
  if (!parsed.ok)
    throw new OperationRefused(`the upstream key was not set: ${parsed.reason}`, {
      kind: 'invalid',
      faults: parsed.faults,
    });
  const { upstreamKey: digest } = parsed.line;
  if (!digest)
    throw new OperationRefused('the upstream key was not set: none was given', { kind: 'invalid' });
  const upstreamKey = await sealUpstreamKey(digest, username, await operator.unlock());
  return viewOf(
    await changeStored(operator, username, (account) => ({ ...account, upstreamKey }), condition),
  );
}
