/** Sessions: made for end users, listed and ended. */
import * as v from 'valibot';
import type { Account } from '../../core/accounts/account.ts';
import { anyUsername, fields, truth } from '../../core/accounts/validation.ts';
import { networkOf } from '../../core/auth/network.ts';
import { createSession } from '../../core/sessions/create-session.ts';
import { allowsSessions } from '../../core/sessions/session.ts';
import { parseSession } from '../../core/sessions/session-string.ts';
import { find, OperationRefused } from '../../infra/operations/operator-context.ts';
import { sessionRow } from '../../infra/operations/views.ts';
import { type ApiContext, ownOperation, verbOperation } from './api-context.ts';
import { callOf, credentials, origin, waysIn } from './end-user.ts';
import { ScopeMissing } from './problem.ts';
import * as results from './results.ts';
import { refused } from './verify-routes.ts';

const newSession = v.pipe(
  fields({
    username: anyUsername,
    expiration: v.optional(v.picklist(['short', 'long'], 'must be short or long'), 'short'),
    bound: v.optional(truth, false),
    ...origin,
    ...credentials,
  }),
  v.check(
    (input) => waysIn(input) <= 1,
    'password, hpassword, challenge with response, session: no more than one must be given',
  ),
);

type NewSession = v.InferOutput<typeof newSession>;

export const makeSession = ownOperation(
  {
    method: 'POST',
    path: '/accounts/{username}/sessions',
    summary:
      "Make a session with the end user's credentials; without any, for an account that the site has proved itself",
    scopes: ['sessions', 'sessions:vouch'],
    status: 201,
    refusal: 'The end user was refused: nothing was made',
    audit: 'sessions make',
    input: newSession,
    result: results.sessionMade,
  },
  async (api, input, token) => {
    const scope = waysIn(input) === 0 ? 'sessions:vouch' : 'sessions';
    if (!token.scopes.includes(scope)) throw new ScopeMissing([scope]);
    if (scope === 'sessions:vouch') return made(api, await vouched(api, input));
    const { username, expiration, bound, ...user } = input;
    const { args, context } = callOf(user);
    const answer = await api.gateway.answer({
      method: 'sessiongenerate',
      username,
      args: new Map([...args, ['expiration', expiration], ['ipfixed', bound ? '1' : '']]),
      context,
    });
    if (!answer.ok) return { made: false, ...refused(answer) };
    if (answer.value.method !== 'sessiongenerate') throw new Error('another method answered');
    return made(api, answer.value.value.ljsession);
  },
);

/** A session of an account of which the site itself knows that it is the end user's. */
async function vouched({ ports, operator }: ApiContext, input: NewSession): Promise<string> {
  const { username, expiration, bound, address, agent } = input;
  const { account } = await find(operator, username);
  requireSessions(account);
  return createSession(ports, account, {
    term: expiration,
    network: bound ? networkOf(address) : undefined,
    agent,
    via: { by: 'site' },
  });
}

function requireSessions(account: Account): void {
  if (allowsSessions(account.status)) return;
  throw new OperationRefused(`account "${account.username}" is ${account.status}: it has no sessions`);
}

async function made({ ports }: ApiContext, session: string) {
  const claim = parseSession(session);
  if (!claim) throw new Error('a session that was made cannot be read');
  const { owner, id } = claim;
  const records = await ports.records.read({ account: owner, sessions: [id], refusals: [] });
  const row = records.sessions.get(id);
  if (!row) throw new OperationRefused('the session was ended as it was made', { kind: 'changed' });
  return { made: true, session, ...sessionRow(row) };
}

export const listSessions = verbOperation('sessions list', {
  method: 'GET',
  path: '/accounts/{username}/sessions',
  summary: "List an account's sessions",
  scopes: ['sessions'],
  query: ['after', 'limit'],
  result: results.sessions,
});

export const expireSessions = verbOperation('sessions expire', {
  method: 'POST',
  path: '/accounts/{username}/sessions/expire',
  summary: 'End some sessions, or all',
  scopes: ['sessions'],
  result: results.expired,
});
