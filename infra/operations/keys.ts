/** Client keys: generated secrets that work wherever the password does. */
import { readable } from '../../core/digest.ts';
import { clientKeyOf, mostClientKeys, parseAccountLine } from '../../core/enrolment.ts';
import type { Username } from '../../core/username.ts';
import { change, find, type Operator, Refused, secondsOf } from './operator.ts';
import { type KeyRow, keyRow } from './views.ts';

/** A key that was just made: the only time that its secret is seen. */
export interface NewKey {
  readonly username: string;
  readonly id: string;
  readonly name: string;
  readonly secret: string;
}

/** Makes a key of 160 random bits. @throws {Refused} */
export async function addKey(operator: Operator, username: Username, name: string): Promise<NewKey> {
  await find(operator, username);
  const secret = readable(operator.random.bytes(32));
  const parsed = parseAccountLine({ username, clientkeys: [{ name, secret }] });
  if (!parsed.ok) throw new Refused(`no key was made: ${parsed.reason.replace('clientkeys[0].', '')}`);
  const { sealer } = await operator.unlock();
  const ports = { random: operator.random, sealer };
  const key = await clientKeyOf({ name, secret }, username, secondsOf(operator), ports);
  await change(operator, username, (account) => {
    if (account.clientKeys.some((other) => other.name === name)) {
      throw new Refused(`account "${username}" has a key "${name}" already; give another name, or revoke it`);
    }
    if (account.clientKeys.length >= mostClientKeys) {
      throw new Refused(`account "${username}" has ${mostClientKeys} keys, which is the most; revoke one`);
    }
    return { ...account, clientKeys: [...account.clientKeys, key] };
  });
  return { username, id: key.id, name, secret };
}

/** The keys of an account. @throws {Refused} */
export async function listKeys(operator: Operator, username: Username): Promise<readonly KeyRow[]> {
  return (await find(operator, username)).account.clientKeys.map(keyRow);
}

/** Revokes a key by its id or its name. @throws {Refused} when there is none */
export async function revokeKey(
  operator: Operator,
  username: Username,
  key: string,
): Promise<{ readonly username: string; readonly id: string; readonly name: string }> {
  let revoked = { id: '', name: '' };
  await change(operator, username, (account) => {
    const found =
      account.clientKeys.find(({ id }) => id === key) ?? account.clientKeys.find(({ name }) => name === key);
    if (!found) {
      const hint = `ljgate keys list ${username} shows those that there are`;
      throw new Refused(`account "${username}" has no key "${key}"; ${hint}`);
    }
    revoked = { id: found.id, name: found.name };
    return { ...account, clientKeys: account.clientKeys.filter(({ id }) => id !== found.id) };
  });
  return { username, ...revoked };
}
