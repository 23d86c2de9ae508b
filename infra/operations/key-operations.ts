/** Client keys: generated secrets that work wherever the password does. */

import type { Account } from '../../core/accounts/account.ts';
import { maxClientKeys, parseAccountLine } from '../../core/accounts/account-line.ts';
import { clientKeyOf } from '../../core/accounts/create-account.ts';
import type { Username } from '../../core/accounts/username.ts';
import { readable } from '../../core/auth/digest.ts';
import { change, find, OperationRefused, type Operator, secondsOf } from './operator-context.ts';
import { type KeyRow, keyRow } from './views.ts';

/** A key that was just made: the only time that its secret is seen. */
export interface NewKey {
  readonly username: string;
  readonly id: string;
  readonly name: string;
  readonly secret: string;
}

/**
 * Makes a key of 160 random bits. `confirmed`: the account in which its owner confirmed it.
 * @throws {OperationRefused | ConfirmationOutdated}
 */
export async function addKey(
  operator: Operator,
  username: Username,
  name: string,
  confirmed?: Account,
): Promise<NewKey> {
  await find(operator, username);
  const secret = readable(operator.random.bytes(32));
  const parsed = parseAccountLine({ username, clientkeys: [{ name, secret }] });
  if (!parsed.ok)
    throw new OperationRefused(`no key was made: ${parsed.reason.replace('clientkeys[0].', '')}`, {
      kind: 'invalid',
    });
  const { sealer } = await operator.unlock();
  const ports = { random: operator.random, sealer };
  const key = await clientKeyOf({ name, secret }, username, secondsOf(operator), ports);
  const add = (account: Account): Account => {
    if (account.clientKeys.some((other) => other.name === name)) {
      throw new OperationRefused(
        `account "${username}" has a key "${name}" already; choose another name, or revoke that key`,
      );
    }
    if (account.clientKeys.length >= maxClientKeys) {
      throw new OperationRefused(
        `account "${username}" has ${maxClientKeys} keys, which is the most; revoke one`,
      );
    }
    return { ...account, clientKeys: [...account.clientKeys, key] };
  };
  await change(operator, username, add, { confirmed });
  return { username, id: key.id, name, secret };
}

/** The keys of an account. @throws {OperationRefused} */
export async function listKeys(operator: Operator, username: Username): Promise<readonly KeyRow[]> {
  return (await find(operator, username)).account.clientKeys.map(keyRow);
}

/**
 * Revokes a key by its id or its name. `confirmed`: the account in which its owner confirmed it.
 * @throws {OperationRefused} when there is none
 * @throws {ConfirmationOutdated}
 */
export async function revokeKey(
  operator: Operator,
  username: Username,
  key: string,
  confirmed?: Account,
): Promise<{ readonly username: string; readonly id: string; readonly name: string }> {
  let revoked = { id: '', name: '' };
  const revoke = (account: Account): Account => {
    const found =
      account.clientKeys.find(({ id }) => id === key) ?? account.clientKeys.find(({ name }) => name === key);
    if (!found) {
      const hint = `npx ljgate keys list ${username} shows those that there are`;
      throw new OperationRefused(`account "${username}" has no key "${key}"`, { kind: 'not found', hint });
    }
    revoked = { id: found.id, name: found.name };
    return { ...account, clientKeys: account.clientKeys.filter(({ id }) => id !== found.id) };
  };
  await change(operator, username, revoke, { confirmed });
  return { username, ...revoked };
}
