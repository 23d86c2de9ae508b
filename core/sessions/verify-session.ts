/** Verifies a session without a call, for pages and for other services. */
import type { Account } from '../accounts/account.ts';
import type { Username } from '../accounts/username.ts';
import { networkOf } from '../auth/network.ts';
import type { Ports, Records } from '../ports.ts';
import type { Context } from '../protocol/context.ts';
import { sessionClaims } from './cookies.ts';
import { type Session, sessionStatus } from './session.ts';
import type { SessionClaim } from './session-string.ts';

/** A session that holds, and whose it is. */
export interface VerifiedSession {
  readonly account: Account;
  readonly session: Session;
  readonly claim: SessionClaim;
}

/** Whether a Cookie header has anything that could be a session. */
export function hasSessionCookie(cookie: string | undefined): boolean {
  return sessionClaims(cookie).length > 0;
}

/** The first session in a Cookie header that holds. @throws {StoreUnavailable | StoreFailed} */
export async function verifySession(
  ports: Pick<Ports, 'records' | 'clock'>,
  context: Pick<Context, 'cookie' | 'address'>,
): Promise<VerifiedSession | undefined> {
  return (await verifySessions(ports, context))[0];
}

/**
 * The sessions in a Cookie header that hold. One consistent read for each account that the
 * cookies name, all at once: a session is good the moment it is made and dead the moment it is ended.
 * @throws {StoreUnavailable | StoreFailed}
 * @see PROTOCOL §9
 */
export async function verifySessions(
  ports: Pick<Ports, 'records' | 'clock'>,
  { cookie, address }: Pick<Context, 'cookie' | 'address'>,
): Promise<readonly VerifiedSession[]> {
  const claims = sessionClaims(cookie);
  const records = await readOwners(ports, claims);
  const now = Math.floor(ports.clock.now() / 1000);
  const from = networkOf(address);
  return claims.flatMap((claim) => {
    const found = records.get(claim.owner);
    const account = found?.account;
    const session = found?.sessions.get(claim.id);
    const status = sessionStatus(claim, session, account, from, now);
    return status === 'valid' && account && session ? [{ account, session, claim }] : [];
  });
}

async function readOwners(
  { records }: Pick<Ports, 'records'>,
  claims: readonly SessionClaim[],
): Promise<ReadonlyMap<Username, Records>> {
  const owners = [...new Set(claims.map(({ owner }) => owner))];
  const reads = owners.map(async (account): Promise<[Username, Records]> => {
    const own = claims.filter(({ owner }) => owner === account);
    const sessions = [...new Set(own.map(({ id }) => id))];
    return [account, await records.read({ account, sessions, refusals: [] })];
  });
  return new Map(await Promise.all(reads));
}
