/** Sessions as stores keep them: plain members, checked when they are read back. */
import * as v from 'valibot';
import type { Network } from '../../core/address.ts';
import type { Session, SessionId } from '../../core/session.ts';
import type { Username } from '../../core/username.ts';
import { decode } from './decode.ts';

const seconds = v.pipe(v.number(), v.integer(), v.minValue(0));

const plainSession = v.object({
  owner: v.pipe(
    v.string(),
    v.transform((name) => name as Username),
  ),
  id: v.pipe(
    v.number(),
    v.integer(),
    v.minValue(1),
    v.transform((id) => id as SessionId),
  ),
  digest: v.string(),
  generation: seconds,
  term: v.picklist(['short', 'long']),
  created: seconds,
  expires: seconds,
  network: v.nullish(
    v.pipe(
      v.string(),
      v.transform((network) => network as Network),
    ),
  ),
  agent: v.nullish(v.string()),
});

/** A client names itself as it likes: half a surrogate pair, which no store can keep, becomes U+FFFD. */
export function storableAgent({ agent }: Session): string | undefined {
  return agent?.toWellFormed();
}

/**
 * Reads the members of a session; `null` members count as absent, unknown ones are dropped.
 * @throws {StoreFailed} when they do not make a session
 */
export function decodeSession(plain: unknown): Session {
  const { network, agent, ...session } = decode(plainSession, plain, 'a session');
  return { ...session, ...(network && { network }), ...(agent && { agent }) };
}
