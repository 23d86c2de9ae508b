/** Makes sessions: each with a free id, and an AUTH part of which only the digest is stored. */
import type { Account } from '../accounts/account.ts';
import { readable } from '../auth/digest.ts';
import type { Network } from '../auth/network.ts';
import { StoreUnavailable } from '../failures.ts';
import type { Ports, Randomness } from '../ports.ts';
import { lifetimes, type Session, type Term } from './session.ts';
import { pickSessionId } from './session-id.ts';
import { authDigest, sessionText } from './session-string.ts';
import type { SessionVia } from './session-via.ts';

/** The properties of a new session. */
export interface NewSession {
  readonly term: Term;
  /** Present: valid only from this network. */
  readonly network?: Network | undefined;
  /** The caller's User-Agent; its beginning is stored. */
  readonly agent?: string | undefined;
  /** `undefined`: another session made this one, and how that was made is not known. */
  readonly via: SessionVia | undefined;
  /** Present: it ends then (Unix seconds) at the latest. */
  readonly endsBy?: number | undefined;
}

/** Ids that are tried; from the twenty-first on, one is practically always free. */
const attempts = 30;

/** Longest User-Agent that is stored, in characters. */
const agentLength = 200;

/**
 * Makes a session in the account's present generation.
 * @returns the session string
 * @throws {StoreUnavailable | StoreFailed}
 */
export async function createSession(
  ports: Pick<Ports, 'clock' | 'random' | 'sessions'>,
  account: Account,
  { term, network, agent, via, endsBy = Number.POSITIVE_INFINITY }: NewSession,
): Promise<string> {
  const now = Math.floor(ports.clock.now() / 1000);
  const auth = mintAuth(ports.random);
  const session: Omit<Session, 'id'> = {
    owner: account.username,
    digest: authDigest(auth),
    generation: account.generation,
    term,
    created: now,
    expires: Math.min(now + lifetimes[term], endsBy),
    ...(network !== undefined && { network }),
    ...(agent && { agent: agent.slice(0, agentLength) }),
    ...(via && { via }),
  };
  for (let attempt = 0; attempt < attempts; attempt++) {
    const id = pickSessionId(ports.random, now, attempt);
    if ((await ports.sessions.add({ ...session, id })) === 'added') {
      return sessionText({ owner: account.username, id, auth });
    }
  }
  throw new StoreUnavailable(`no free session id for ${account.username} in ${attempts} attempts`);
}

/** A fresh AUTH part: 160 random bits. */
export function mintAuth(random: Randomness): string {
  return readable(random.bytes(32));
}
