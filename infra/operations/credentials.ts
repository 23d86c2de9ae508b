/** What lets an account in: its password, whether that serves challenges, and its status. */
import type { Account, Status } from '../../core/account.ts';
import { readable } from '../../core/digest.ts';
import { digestIn, hashPassword, parseAccountLine } from '../../core/enrolment.ts';
import type { Username } from '../../core/username.ts';
import { change, find, type Operator, Refused } from './operator.ts';
import { withStatus } from './profile.ts';
import { type AccountView, viewOf } from './views.ts';

/** A password to set: given, as its MD5, or to be made up. */
export interface NewPassword {
  readonly password?: string | undefined;
  readonly passwordMd5?: string | undefined;
  readonly generate?: boolean | undefined;
}

/** A password that was made up is told once, and kept nowhere. */
export interface Generated {
  readonly generatedPassword?: string;
}

/** 100 random bits, easy to type: what is told to somebody once. */
export function madeUp({ random }: Operator): string {
  return (readable(random.bytes(20)).match(/.{5}/g) ?? []).join('-');
}

/**
 * Sets the password, which ends every session. `challenge` says whether it serves challenges; left
 * out, that stays as it is.
 * @throws {Refused}
 */
export async function setPassword(
  operator: Operator,
  username: Username,
  { generate, ...given }: NewPassword,
  challenge?: boolean,
): Promise<{ readonly username: string } & Generated> {
  await find(operator, username);
  const password = generate ? madeUp(operator) : undefined;
  const parsed = parseAccountLine({ username, ...(password === undefined ? given : { password }) });
  if (!parsed.ok) throw new Refused(`the password was not set: ${parsed.reason}`);
  const digest = digestIn(parsed.line);
  if (!digest) throw new Refused('the password was not set: none was given');
  const unlocked = await operator.unlock();
  // Both forms are made of one hash, and the account as it then is says which of them it takes.
  const any = await hashPassword(digest, username, 'anyForm', unlocked);
  await change(operator, username, (account) => {
    const open = challenge ?? takesChallenges(account);
    return {
      ...account,
      password: open ? any : { accepts: 'plainOnly', verifier: any.verifier },
      generation: account.generation + 1,
    };
  });
  return { username, ...(password !== undefined && { generatedPassword: password }) };
}

function takesChallenges({ password }: Account): boolean {
  if (password?.accepts === 'plainOnce') return password.becomes === 'anyForm';
  return password?.accepts !== 'plainOnly';
}

/** Sets the status. One that carries no sessions ends them in the same write. @throws {Refused} */
export async function setStatus(
  operator: Operator,
  username: Username,
  status: Status,
): Promise<AccountView> {
  return viewOf(await change(operator, username, (account) => withStatus(account, status)));
}

/**
 * Whether the password serves challenges. Turned off, the digest that they take is dropped for good.
 * @throws {Refused} when there is no digest to turn them on with
 */
export async function setChallenge(
  operator: Operator,
  username: Username,
  on: boolean,
): Promise<AccountView> {
  const changed = await change(operator, username, (account) => {
    const { password } = account;
    if (!password)
      throw new Refused(`account "${username}" has no password; ljgate accounts set-password sets one`);
    if (password.accepts === 'plainOnce') {
      return { ...account, password: { ...password, becomes: on ? 'anyForm' : 'plainOnly' } };
    }
    if (on === (password.accepts === 'anyForm')) return account;
    if (on) {
      throw new Refused(
        `the digest that challenges take was dropped; run: ljgate accounts set-password ${username} --challenge on`,
      );
    }
    const { verifier, replaced } = password;
    return { ...account, password: { accepts: 'plainOnly', verifier, ...(replaced && { replaced }) } };
  });
  return viewOf(changed);
}
