/** sessionexpire: ends sessions of an account. */
import { rowLifetime } from '../../sessions/session.ts';
import { mayBeAlive } from '../../sessions/session-id.ts';
import { parseSessionId, type SessionId } from '../../sessions/session-string.ts';
import { isTrue, textOr, type Value } from '../values.ts';
import { accountMethod } from './definition.ts';

/**
 * Ends the sessions that a call names, or all. When it resolves, no process accepts them. A locked or
 * suspended account may end its sessions, too.
 * @see PROTOCOL §5
 */
export const sessionexpire = accountMethod({
  help: 'Ends sessions of an account.',
  signatures: [['struct', 'struct']],
  arguments: {
    expire: { kind: 'list', help: 'numbers of sessions, the third part of ws:USER:NUMBER:AUTH' },
    expireall: { kind: 'boolean', help: 'every session of the account' },
  },
  result: {},
  example: { username: 'test', password: 'test', ver: '1', expireall: '1' },
  whenLocked: 'allowed',
  sessions(args, now) {
    if (isTrue(args.get('expireall'))) return [];
    return namedSessions(args.get('expire')).filter((id) => mayBeAlive(id, now));
  },
  async run({ ports, account, args, sessions }): Promise<void> {
    if (isTrue(args.get('expireall'))) {
      await ports.accounts.endSessions(account.username);
      return;
    }
    const now = Math.floor(ports.clock.now() / 1000);
    const ids = namedSessions(args.get('expire')).filter((id) => sessions.has(id));
    if (ids.length > 0) await ports.sessions.expire(account.username, ids, now + rowLifetime);
  },
});

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
