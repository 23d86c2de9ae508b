/** The three credentials, held against an account. */
import type { Account, BcryptPassword, ClientKey, HashedPassword, Verifier } from './account.ts';
import type { Network } from './address.ts';
import type { Credentials } from './credentials.ts';
import { type Md5Hex, md5Hex, sameText, sha256Hex } from './digest.ts';
import { HasherBusy, type PasswordHasher, type Ports, type Records, type Sealer } from './ports.ts';
import { claimStanding, type SessionClaim } from './session.ts';

/** Which secret let the caller in. */
export type SecretUsed =
  | { readonly kind: 'password'; readonly replacement?: { readonly old: Verifier; readonly new: Verifier } }
  /** `replacement` is absent when the hasher was busy. */
  | { readonly kind: 'bcrypt'; readonly old: string; readonly replacement?: HashedPassword }
  | { readonly kind: 'clientKey'; readonly key: ClientKey }
  | { readonly kind: 'session' };

/** What verification found. `counts`: a refused credential, which login bans count. */
export type Verdict =
  | { readonly kind: 'held'; readonly used: SecretUsed }
  | { readonly kind: 'refused'; readonly code: 101 | 105; readonly counts: boolean };

/** What verification takes of the ports. */
type Verifying = Pick<Ports, 'hasher' | 'foreign' | 'sealer'>;

type ClearCredentials = Extract<Credentials, { readonly digest: Md5Hex }>;

/** A credential that does not hold. */
export const wrong: Verdict = { kind: 'refused', code: 101, counts: true };

/** `clear`: client keys first, which cost a digest, then the password, which costs argon2. */
export async function verifyDigest(
  ports: Verifying,
  account: Account,
  credentials: ClearCredentials,
): Promise<Verdict> {
  const { hasher } = ports;
  const { sent, digest } = credentials;
  const shown = sha256Hex(digest);
  const key = account.clientKeys.filter((candidate) => sameText(candidate.digest, shown))[0];
  if (key) return { kind: 'held', used: { kind: 'clientKey', key } };

  const { password } = account;
  if (!password) return wrong;
  if (password.accepts === 'plainOnce') return verifyBcrypt(ports, account, password, credentials);
  if (sent === 'hpassword' && password.accepts === 'plainOnly') return wrong;
  if (!(await hasher.verify(password.verifier, digest))) return wrong;
  if (!hasher.isOutdated(password.verifier)) return { kind: 'held', used: { kind: 'password' } };
  return { kind: 'held', used: await strengthen(hasher, password.verifier, digest) };
}

/** A hash brought over; this log-in has what it takes to replace it. */
async function verifyBcrypt(
  { hasher, foreign, sealer }: Verifying,
  { username }: Account,
  { bcrypt, becomes }: BcryptPassword,
  credentials: ClearCredentials,
): Promise<Verdict> {
  if (credentials.sent === 'hpassword') return wrong;
  if (!(await foreign.matches(bcrypt, credentials.password))) return wrong;
  const { digest } = credentials;
  const replaced = sha256Hex(bcrypt);
  try {
    const verifier = await hasher.hash(digest);
    const replacement: HashedPassword =
      becomes === 'plainOnly'
        ? { accepts: becomes, verifier, replaced }
        : { accepts: becomes, verifier, sealed: await sealer.seal(digest, username, 'password'), replaced };
    return { kind: 'held', used: { kind: 'bcrypt', old: bcrypt, replacement } };
  } catch (error) {
    if (error instanceof HasherBusy) return { kind: 'held', used: { kind: 'bcrypt', old: bcrypt } };
    throw error;
  }
}

/** Log-in is the only moment to rehash; when the hasher is busy, a later log-in will do. */
async function strengthen(hasher: PasswordHasher, old: Verifier, digest: Md5Hex): Promise<SecretUsed> {
  try {
    return { kind: 'password', replacement: { old, new: await hasher.hash(digest) } };
  } catch (error) {
    if (error instanceof HasherBusy) return { kind: 'password' };
    throw error;
  }
}

/** `challenge`: response = md5_hex(challenge + md5_hex(secret)). All secrets are tried, always. */
export async function verifyResponse(
  { sealer }: { readonly sealer: Sealer },
  account: Account,
  challenge: string,
  response: Md5Hex,
): Promise<Verdict> {
  const answers = (digest: Md5Hex | undefined) =>
    digest !== undefined && sameText(md5Hex(challenge + digest), response);
  const { username, password, clientKeys } = account;

  const byPassword =
    password?.accepts === 'anyForm' && answers(await sealer.open(password.sealed, username, 'password'));
  const opened = await Promise.all(
    clientKeys.map(({ id, sealed }) => sealer.open(sealed, username, `client-key:${id}`)),
  );
  const key = clientKeys.filter((_, i) => answers(opened[i]))[0];
  if (byPassword) return { kind: 'held', used: { kind: 'password' } };
  return key ? { kind: 'held', used: { kind: 'clientKey', key } } : wrong;
}

/**
 * `cookie`: the first valid claim counts. A session that was good once is refused like any other,
 * but is no guess: a program that polls with yesterday's cookie must not ban its owner.
 */
export function verifyClaims(
  claims: readonly SessionClaim[],
  { sessions, ended }: Records,
  account: Account,
  from: Network,
  now: number,
): Verdict {
  const own = claims.filter((claim) => claim.owner === account.username);
  const standings = own.map((claim) =>
    ended.has(claim.id) ? 'over' : claimStanding(claim, sessions.get(claim.id), account, from, now),
  );
  if (standings.includes('holds')) return { kind: 'held', used: { kind: 'session' } };
  const guessed = own.length === 0 || standings.includes('unknown');
  return { kind: 'refused', code: 101, counts: guessed };
}
