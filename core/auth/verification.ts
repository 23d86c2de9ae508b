/** Checks the three kinds of credentials against an account. */
import type { Account, BcryptPassword, ClientKey, HashedPassword, Verifier } from '../accounts/account.ts';
import { hashPassword } from '../accounts/hash-password.ts';
import { HasherBusy } from '../failures.ts';
import type { PasswordHasher, Ports, Records, Sealer } from '../ports.ts';
import { type Session, sessionStatus } from '../sessions/session.ts';
import type { SessionClaim } from '../sessions/session-string.ts';
import type { Credentials } from './credentials.ts';
import { emptyPassword, type Md5Hex, md5Hex, sameText, sha256Hex } from './digest.ts';
import type { Network } from './network.ts';

/** Which secret let the caller in. */
export type SecretUsed =
  | { readonly kind: 'password'; readonly replacement?: Replacement<Verifier, Verifier> }
  | { readonly kind: 'bcrypt'; readonly replacement?: Replacement<BcryptPassword, HashedPassword> }
  | { readonly kind: 'clientKey'; readonly key: ClientKey }
  | { readonly kind: 'session'; readonly session: Session };

/** A new form of a stored password, and the form that it replaces. */
interface Replacement<Old, New> {
  readonly old: Old;
  readonly new: New;
}

/** What verification found. `counts`: a refused credential, which login bans count. */
export type Verdict =
  | { readonly kind: 'accepted'; readonly used: SecretUsed }
  | { readonly kind: 'refused'; readonly code: 101 | 105; readonly counts: boolean };

/** The ports that verification uses. */
type Verifying = Pick<Ports, 'hasher' | 'bcrypt' | 'sealer'>;

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
  if (digest === emptyPassword) return wrong;
  const shown = sha256Hex(digest);
  const key = account.clientKeys.filter((candidate) => sameText(candidate.digest, shown))[0];
  if (key) return { kind: 'accepted', used: { kind: 'clientKey', key } };

  const { password } = account;
  if (!password) return wrong;
  if (password.accepts === 'plainOnce') return verifyBcrypt(ports, account, password, credentials);
  if (sent === 'hpassword' && password.accepts === 'plainOnly') return wrong;
  if (!(await hasher.verify(password.verifier, digest))) return wrong;
  if (!hasher.isOutdated(password.verifier)) return { kind: 'accepted', used: { kind: 'password' } };
  return { kind: 'accepted', used: await strengthen(hasher, password.verifier, digest) };
}

/** The bytes of a password that bcrypt reads. */
const bcryptLength = 72;

/**
 * Checks a bcrypt hash imported from another site. The plain password of this log-in replaces it, unless
 * bcrypt may have read only its beginning: then a caller who knows that beginning could set the rest.
 */
async function verifyBcrypt(
  ports: Verifying,
  { username }: Account,
  old: BcryptPassword,
  credentials: ClearCredentials,
): Promise<Verdict> {
  if (credentials.sent === 'hpassword') return wrong;
  if (!(await ports.bcrypt.matches(old.bcrypt, credentials.password))) return wrong;
  if (credentials.password.length >= bcryptLength) return { kind: 'accepted', used: { kind: 'bcrypt' } };
  try {
    const hashed = await hashPassword(credentials.digest, username, old.becomes, ports);
    const replacement = { old, new: { ...hashed, replaced: sha256Hex(old.bcrypt) } };
    return { kind: 'accepted', used: { kind: 'bcrypt', replacement } };
  } catch (error) {
    if (error instanceof HasherBusy) return { kind: 'accepted', used: { kind: 'bcrypt' } };
    throw error;
  }
}

/** A hash can be replaced only at a log-in. When the hasher is busy, a later log-in replaces it. */
async function strengthen(hasher: PasswordHasher, old: Verifier, digest: Md5Hex): Promise<SecretUsed> {
  try {
    return { kind: 'password', replacement: { old, new: await hasher.hash(digest) } };
  } catch (error) {
    if (error instanceof HasherBusy) return { kind: 'password' };
    throw error;
  }
}

/**
 * `challenge`: response = md5_hex(challenge + md5_hex(secret)). Every secret is tried, also after one that
 * matched, so that the time tells nothing.
 * @throws {SecretMissing} when one of them cannot be opened, even if another one matched: otherwise wrong
 *   responses, which then cannot be counted, could be distinguished from right ones without limit
 */
export async function verifyResponse(
  { sealer }: { readonly sealer: Sealer },
  account: Account,
  challenge: string,
  response: Md5Hex,
): Promise<Verdict> {
  const answers = (digest: Md5Hex | undefined) =>
    digest !== undefined && digest !== emptyPassword && sameText(md5Hex(challenge + digest), response);
  const { username, password, clientKeys } = account;

  const byPassword =
    password?.accepts === 'anyForm' && answers(await sealer.open(password.sealed, username, 'password'));
  const opened = await Promise.all(
    clientKeys.map(({ id, sealed }) => sealer.open(sealed, username, `client-key:${id}`)),
  );
  const key = clientKeys.filter((_, i) => answers(opened[i]))[0];
  if (byPassword) return { kind: 'accepted', used: { kind: 'password' } };
  return key ? { kind: 'accepted', used: { kind: 'clientKey', key } } : wrong;
}

/**
 * `cookie`: the first valid claim counts. A session that was valid once is refused, but the refusal is
 * not counted: a program that polls with yesterday's cookie must not ban its owner.
 */
export function verifyClaims(
  claims: readonly SessionClaim[],
  { sessions, ended }: Records,
  account: Account,
  from: Network,
  now: number,
): Verdict {
  const own = claims.filter((claim) => claim.owner === account.username);
  const statuses = own.map((claim) =>
    ended.has(claim.id) ? 'expired' : sessionStatus(claim, sessions.get(claim.id), account, from, now),
  );
  const valid = own[statuses.indexOf('valid')];
  const session = valid && sessions.get(valid.id);
  if (session) return { kind: 'accepted', used: { kind: 'session', session } };
  const guessed = own.length === 0 || statuses.includes('unknown');
  return { kind: 'refused', code: 101, counts: guessed };
}
