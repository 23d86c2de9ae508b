/** sessiongenerate: a session, as a string that other parts of the site take as a cookie. */
import type { Account } from '../account.ts';
import { networkOf } from '../address.ts';
import type { Context } from '../call.ts';
import { type Ports, StoreUnavailable } from '../ports.ts';
import { authDigest, lifetimes, mintAuth, pickSessionId, type Session, sessionText } from '../session.ts';
import { type Arguments, isTrue, textOf } from '../values.ts';

/** The result of sessiongenerate. */
export interface SessionResult {
  readonly ljsession: string;
}

/** Taken ids in a row before giving up; past the first twenty, the next one is free. */
const attempts = 30;

/** Makes a session in the account's present generation. @see PROTOCOL §5 */
export async function sessiongenerate(
  ports: Ports,
  account: Account,
  args: Arguments,
  context: Context,
): Promise<SessionResult> {
  const now = Math.floor(ports.clock.now() / 1000);
  const auth = mintAuth(ports.random);
  const term = textOf(args.get('expiration')) === 'long' ? 'long' : 'short';
  const agent = context.agent?.slice(0, 200);
  const bound = isTrue(args.get('ipfixed')) || isTrue(args.get('bindtoip'));
  const session: Omit<Session, 'id'> = {
    owner: account.username,
    digest: authDigest(auth),
    generation: account.generation,
    term,
    created: now,
    expires: now + lifetimes[term],
    ...(bound && { network: networkOf(context.address) }),
    ...(agent && { agent }),
  };
  for (let attempt = 0; attempt < attempts; attempt++) {
    const id = pickSessionId(ports.random, now, attempt);
    if ((await ports.sessions.add({ ...session, id })) === 'added') {
      return { ljsession: sessionText({ owner: account.username, id, auth }) };
    }
  }
  throw new StoreUnavailable(`no free session id for ${account.username} in ${attempts} attempts`);
}
