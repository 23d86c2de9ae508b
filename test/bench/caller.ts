/** Calls to a gateway of this process, as an adapter makes them, without HTTP between. */

import type { Username } from '../../core/accounts/username.ts';
import { md5Hex } from '../../core/auth/digest.ts';
import type { Gateway } from '../../core/protocol/gateway.ts';
import type { AccountMethod, Result } from '../../core/protocol/methods/table.ts';
import { refusalText } from '../../core/protocol/refusal.ts';
import type { Value } from '../../core/protocol/values.ts';
import { challengeCall } from '../support/invocation.ts';

/** The password of every account that is called for. */
export const password = 'test';

/** Someone who calls. Throws when the gateway refuses. */
export interface Caller {
  getchallenge(): Promise<string>;
  /** With the password in plain. */
  plain(method: AccountMethod, args?: Readonly<Record<string, Value>>): Promise<Result>;
  byChallenge(method: AccountMethod, challenge: string): Promise<Result>;
  byCookie(method: AccountMethod, session: string, args?: Readonly<Record<string, Value>>): Promise<Result>;
  /** Makes a session and gives it. */
  session(): Promise<string>;
}

/** Calls for one account. */
export function callerFor(gateway: Gateway, username: Username): Caller {
  async function call(
    method: AccountMethod,
    args: Readonly<Record<string, Value>>,
    cookie?: string,
  ): Promise<Result> {
    const context = {
      address: '192.0.2.7',
      cookie: cookie === undefined ? undefined : `ljsession=${cookie}`,
      ljAuth: cookie === undefined ? undefined : 'cookie',
      agent: 'bench',
    };
    const given = new Map(Object.entries({ username, ver: '1', ...args }));
    return resultOf(await gateway.answer({ method, username, args: given, context }));
  }

  const plain: Caller['plain'] = (method, args) => call(method, { ...args, password });
  return {
    plain,
    async getchallenge() {
      const result = resultOf(await gateway.answer(challengeCall));
      return result.method === 'getchallenge' ? result.value.challenge : '';
    },
    byChallenge: (method, challenge) =>
      call(method, {
        auth_method: 'challenge',
        auth_challenge: challenge,
        auth_response: md5Hex(challenge + md5Hex(password)),
      }),
    byCookie: (method, session, args) => call(method, { ...args, auth_method: 'cookie' }, session),
    async session() {
      const result = await plain('sessiongenerate');
      return result.method === 'sessiongenerate' ? result.value.ljsession : '';
    },
  };
}

/** The id in a session's text. */
export function idOf(session: string): string {
  return session.split(':')[2] ?? '';
}

function resultOf(answer: Awaited<ReturnType<Gateway['answer']>>): Result {
  if (answer.ok) return answer.value;
  throw new Error(`refused: ${refusalText(answer.refusal)}`, { cause: answer.cause });
}
