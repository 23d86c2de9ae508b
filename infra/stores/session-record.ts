/** Sessions as stored: plain members, checked when they are read. */
import * as v from 'valibot';
import { canonicalUsername } from '../../core/accounts/username.ts';
import { parsedBy } from '../../core/accounts/validation.ts';
import { parseNetwork } from '../../core/auth/network.ts';
import type { Session } from '../../core/sessions/session.ts';
import { isSessionId, sessionIdOf } from '../../core/sessions/session-string.ts';
import { parseVia } from '../../core/sessions/session-via.ts';
import { decode } from './decode-record.ts';

const seconds = v.pipe(v.number(), v.integer(), v.minValue(0));

const plainSession = v.object({
  owner: v.pipe(v.string(), parsedBy(canonicalUsername, 'not a canonical username')),
  id: v.pipe(v.number(), v.check(isSessionId, 'not a session id'), v.transform(sessionIdOf)),
  digest: v.string(),
  generation: seconds,
  term: v.picklist(['short', 'long']),
  created: seconds,
  expires: seconds,
  network: v.nullish(v.pipe(v.string(), parsedBy(parseNetwork, 'not a network'))),
  agent: v.nullish(v.string()),
  via: v.nullish(v.pipe(v.string(), parsedBy(parseVia, 'not how a session is made'))),
  lastUsed: v.nullish(seconds),
});

/** The client chooses this text. Half a surrogate pair, which no store accepts, becomes U+FFFD. */
export function storableAgent({ agent }: Session): string | undefined {
  return agent?.toWellFormed();
}

/**
 * Reads the members of a session. `null` counts as absent; unknown members are ignored.
 * @throws {StoreFailed} when they are not a valid session
 */
export function decodeSession(plain: unknown): Session {
  const { network, agent, via, lastUsed, ...session } = decode(plainSession, plain, 'a session');
  return {
    ...session,
    ...(network && { network }),
    ...(agent && { agent }),
    ...(via && { via }),
    ...(lastUsed != null && { lastUsed }),
  };
}
