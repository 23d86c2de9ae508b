/** sessionexpire: ends sessions, whoever made them. */
import type { Ports } from '../ports.ts';
import { mayBeAlive, parseSessionId, rowLifetime, type SessionId } from '../session.ts';
import type { Username } from '../username.ts';
import { type Arguments, isTrue, textOr, type Value } from '../values.ts';

/** Ends the sessions that a call names, or all. Resolves when they are over everywhere. @see PROTOCOL §5 */
export async function sessionexpire(ports: Ports, owner: Username, args: Arguments): Promise<void> {
  if (isTrue(args.get('expireall'))) {
    await ports.accounts.endSessions(owner);
    return;
  }
  const now = Math.floor(ports.clock.now() / 1000);
  const ids = namedSessions(args.get('expire')).filter((id) => mayBeAlive(id, now));
  if (ids.length > 0) await ports.sessions.expire(owner, ids, now + rowLifetime);
}

/** A lone scalar counts as a list of one; what is not an id is ignored. */
function namedSessions(expire: Value | undefined): SessionId[] {
  const list: readonly Value[] = Array.isArray(expire)
    ? expire
    : expire === undefined
      ? []
      : [expire as Value];
  const ids = list.map((item) => parseSessionId(textOr(item, '')));
  return [...new Set(ids.filter((id) => id !== undefined))];
}
