/** Sessions: the string a client carries, the record a store keeps, and when it still counts. */
import type { Account } from './account.ts';
import type { Network } from './address.ts';
import type { Brand } from './brand.ts';
import { readable, sameText, sha256Hex } from './digest.ts';
import type { Randomness } from './ports.ts';
import { parseUsername, type Username } from './username.ts';

/** A positive integer below 2^31, never used twice for one account. */
export type SessionId = Brand<number, 'SessionId'>;

/** How long a session was asked to last. */
export type Term = 'short' | 'long';

/** Seconds a session lives. @see PROTOCOL §2 `expiration` */
export const lifetimes: Readonly<Record<Term, number>> = { short: 24 * 3600, long: 30 * 24 * 3600 };

/** A session as stores keep it. Times are Unix seconds. */
export interface Session {
  readonly owner: Username;
  readonly id: SessionId;
  /** SHA-256 of the AUTH part; the part itself is kept nowhere. */
  readonly digest: string;
  readonly generation: number;
  readonly term: Term;
  readonly created: number;
  readonly expires: number;
  /** Present: valid only from this network. */
  readonly network?: Network;
  /** The caller that asked for it, as it named itself, for its owner to recognise. */
  readonly agent?: string;
}

/** What a client claims when it presents `ws:USERNAME:ID:AUTH`. */
export interface SessionClaim {
  readonly owner: Username;
  readonly id: SessionId;
  readonly auth: string;
}

/**
 * Ids are seconds since 2024: taken from the last 12 hours at random, so that one account can make
 * many at once. A used id keeps its row for at least a day (`rowLifetime`), longer than it can be
 * picked again, so a conditional put alone makes every id unique for ever.
 */
const idEpoch = 1_704_067_200;
const idWindow = 12 * 3600;
const crowded = 20;
const upperHalf = 2 ** 30;

/** Seconds by which the clocks of two processes may differ. */
const skew = 3600;

/** Seconds for which a store keeps an ended session's id taken. */
export const rowLifetime = 2 * 24 * 3600;

/**
 * A likely free id; a store says whether it is. When many in a row were taken, somebody has filled
 * the account's last 12 hours: then any of the upper half's billion ids will do, where meeting a
 * used one twice is as good as impossible.
 */
export function pickSessionId(random: Randomness, now: number, attempt = 0): SessionId {
  const [a = 0, b = 0, c = 0, d = 0] = random.bytes(4);
  const number = ((a << 24) | (b << 16) | (c << 8) | d) >>> 0;
  if (attempt >= crowded) return (upperHalf + (number % upperHalf)) as SessionId;
  return (now - idEpoch - (number % idWindow)) as SessionId;
}

/** Whether a session of that id could be alive: spares stores most of the ids that clients make up. */
export function mayBeAlive(id: SessionId, now: number): boolean {
  const made = idEpoch + id;
  return id >= upperHalf || (made <= now + skew && made >= now - lifetimes.long - idWindow - skew);
}

/** Reads an id as clients send it, with or without a leading `s`. @see PROTOCOL §5 */
export function parseSessionId(text: string): SessionId | undefined {
  const digits = /^\s*s?(\d{1,10})\s*$/.exec(text)?.[1];
  const id = Number(digits);
  return id >= 1 && id < 2 ** 31 ? (id as SessionId) : undefined;
}

/** A fresh AUTH part: 160 random bits. */
export function mintAuth(random: Randomness): string {
  return readable(random.bytes(32));
}

/** How the AUTH part is kept. */
export function authDigest(auth: string): string {
  return sha256Hex(auth);
}

/** `ws:USERNAME:ID:AUTH`. */
export function sessionText(claim: SessionClaim): string {
  return `ws:${claim.owner}:${claim.id}:${claim.auth}`;
}

/** Reads `ws:USERNAME:ID:AUTH`; `undefined` for anything else. */
export function parseSession(text: string): SessionClaim | undefined {
  const [tag, name = '', id = '', auth = '', ...rest] = text.split(':');
  if (tag !== 'ws' || rest.length > 0 || !/^[A-Za-z0-9]{1,64}$/.test(auth)) return undefined;
  const owner = parseUsername(name);
  const number = /^\d+$/.test(id) ? parseSessionId(id) : undefined;
  return owner && number ? { owner, id: number, auth } : undefined;
}

/** `holds`: the claim is good. `over`: it was good once. `unknown`: it never was. */
export type ClaimStanding = 'holds' | 'over' | 'unknown';

/**
 * The one check of a session, whoever asks. An unknown id or account costs the same digest and
 * compare as a wrong AUTH part, so they cannot be told apart.
 * @see PROTOCOL §9
 */
export function claimStanding(
  claim: SessionClaim,
  session: Session | undefined,
  account: Account | undefined,
  from: Network,
  now: number,
): ClaimStanding {
  const genuine = sameText(authDigest(claim.auth), session?.digest ?? '0'.repeat(64));
  if (!session || !account || !genuine || session.owner !== claim.owner) return 'unknown';
  const here = session.network === undefined || session.network === from;
  return here && isAlive(session, account, now) ? 'holds' : 'over';
}

/** Whether a session still counts, for a caller from the right network. */
export function isAlive(session: Session, account: Account, now: number): boolean {
  const current = now < session.expires && session.generation === account.generation;
  return current && carriesSessions(account);
}

/** Sessions of a locked, suspended, memorial or expunged account authenticate nothing. */
function carriesSessions(account: Account): boolean {
  switch (account.status) {
    case 'active':
    case 'readonly':
    case 'deleted':
      return true;
    case 'locked':
    case 'suspended':
    case 'memorial':
    case 'expunged':
      return false;
  }
}
