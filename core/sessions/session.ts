/** Sessions: the stored record, and when a session is valid. */
import type { Account, Status } from '../accounts/account.ts';
import type { Username } from '../accounts/username.ts';
import { sameText } from '../auth/digest.ts';
import { type Network, unknownNetwork } from '../auth/network.ts';
import { authDigest, type SessionClaim, type SessionId } from './session-string.ts';
import { isKeyRevoked, type SessionVia } from './session-via.ts';

/** How long a session was asked to last. */
export type Term = 'short' | 'long';

/** Seconds a session lives. @see PROTOCOL §2 `expiration` */
export const lifetimes: Readonly<Record<Term, number>> = { short: 24 * 3600, long: 30 * 24 * 3600 };

/** Seconds for which a store refuses the id of an ended session to new ones. */
export const rowLifetime = 2 * 24 * 3600;

/** A session as stores hold it. Times are Unix seconds. */
export interface Session {
  readonly owner: Username;
  readonly id: SessionId;
  /** SHA-256 of the AUTH part; the part itself is stored nowhere. */
  readonly digest: string;
  readonly generation: number;
  readonly term: Term;
  readonly created: number;
  readonly expires: number;
  /** Present: valid only from this network. */
  readonly network?: Network;
  /** The User-Agent of the caller that asked for it, for its owner to recognise. */
  readonly agent?: string;
  /** Absent in sessions from before it was noted. */
  readonly via?: SessionVia;
  /** Written at most once an hour; absent in the first hour. */
  readonly lastUsed?: number;
}

/** `expired`: the session was valid once. `unknown`: there was never such a session. */
export type SessionStatus = 'valid' | 'expired' | 'unknown';

/**
 * The only check of a session. An unknown id or account costs the same digest and comparison as a wrong
 * AUTH part, so that the time does not show which it was.
 * @see PROTOCOL §9
 */
export function sessionStatus(
  claim: SessionClaim,
  session: Session | undefined,
  account: Account | undefined,
  from: Network,
  now: number,
): SessionStatus {
  const genuine = sameText(authDigest(claim.auth), session?.digest ?? '0'.repeat(64));
  if (!session || !account || !genuine || session.owner !== claim.owner) return 'unknown';
  // Callers with an unknown address cannot be distinguished.
  const here = session.network === undefined || (session.network === from && from !== unknownNetwork);
  return here && isAlive(session, account, now) ? 'valid' : 'expired';
}

/** Whether a session is valid for a caller from the right network. */
export function isAlive(session: Session, account: Account, now: number): boolean {
  const current = now < session.expires && session.generation === account.generation;
  return current && allowsSessions(account.status) && !isKeyRevoked(session, account);
}

/** Sessions of a locked, suspended, memorial or expunged account authenticate nothing. @see PROTOCOL §9 */
export function allowsSessions(status: Status): boolean {
  switch (status) {
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
