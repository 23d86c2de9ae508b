/** Makes accounts, and the passwords and client keys in them. */
import { type Md5Hex, md5Hex, readable, sha256Hex } from '../auth/digest.ts';
import type { Ports } from '../ports.ts';
import { type Account, type ClientKey, clientKeyIdOf, type Password, type UserId } from './account.ts';
import { type AccountLine, digestIn } from './account-line.ts';
import { hashPassword } from './hash-password.ts';
import type { Username } from './username.ts';

/** The ports that making an account takes. */
export type AccountCreationPorts = Pick<Ports, 'hasher' | 'sealer' | 'random' | 'clock'>;

/**
 * Makes the account that a line describes; the line's own `userid` is for the caller to heed.
 * @throws {HasherBusy}
 */
export async function createAccount(
  line: AccountLine,
  ports: AccountCreationPorts,
  userid: UserId,
): Promise<Account> {
  const { message, defaultpicurl, upstreamKey } = line;
  const created = Math.floor(ports.clock.now() / 1000);
  const password = await passwordOf(line, ports);
  return {
    username: line.username,
    userid,
    fullname: line.fullname?.trim() ? line.fullname : line.username,
    status: line.status,
    // Later than any that an account of this name had before it was removed: its sessions stay dead.
    generation: created,
    created,
    ...(message && { message }),
    friendgroups: line.friendgroups,
    usejournals: line.usejournals,
    pictures: line.pictures,
    ...(defaultpicurl && { defaultpicurl }),
    fastserver: line.fastserver,
    caps: line.caps,
    ...(password && { password }),
    clientKeys: await Promise.all(
      line.clientkeys.map((key) => clientKeyOf(key, line.username, created, ports)),
    ),
    ...(upstreamKey !== undefined && {
      upstreamKey: await sealUpstreamKey(upstreamKey, line.username, ports),
    }),
  };
}

async function passwordOf(line: AccountLine, ports: AccountCreationPorts): Promise<Password | undefined> {
  const becomes = line.challenge ? 'anyForm' : 'plainOnly';
  if (line.passwordBcrypt !== undefined) {
    return { accepts: 'plainOnce', bcrypt: line.passwordBcrypt, becomes };
  }
  const digest = digestIn(line);
  return digest === undefined ? undefined : hashPassword(digest, line.username, becomes, ports);
}

/** The stored form of an account's secret at the site behind. `digest`: md5_hex of it. */
export async function sealUpstreamKey(
  digest: Md5Hex,
  owner: Username,
  { sealer }: Pick<Ports, 'sealer'>,
): Promise<string> {
  return sealer.seal(digest, owner, 'upstream-key');
}

/** A client key from its secret. `created`: Unix seconds. */
export async function clientKeyOf(
  { name, secret }: AccountLine['clientkeys'][number],
  owner: Username,
  created: number,
  { random, sealer }: Pick<Ports, 'random' | 'sealer'>,
): Promise<ClientKey> {
  const id = clientKeyIdOf(readable(random.bytes(8)));
  const digest = md5Hex(secret);
  const sealed = await sealer.seal(digest, owner, `client-key:${id}`);
  return { id, name, digest: sha256Hex(digest), sealed, created };
}
