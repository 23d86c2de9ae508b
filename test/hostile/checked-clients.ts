/** Clients whose calls and answers go into a history; they call a gateway or a server. */
import { type Extras, type Fields, replyOn, spelled, type Wire } from '../support/site.ts';
import { respond, type WireReply } from '../support/wire.ts';
import type { CallHistory, CallOutcome } from './call-history.ts';

/** Makes a call; rejects when the connection breaks before there is a reply. */
export type Caller = (wire: Wire, method: string, fields?: Fields, extras?: Extras) => Promise<WireReply>;

/** Calls a server over its socket. */
export function callerOf(url: URL): Caller {
  return async (wire, method, fields, { headers = {} } = {}) => {
    const { path, body } = spelled(wire, method, fields);
    const reply = await fetch(new URL(path, url), { method: 'POST', body, headers });
    return replyOn(wire, await reply.text());
  };
}

/** The code of a refusal, in either spelling, from the table of PROTOCOL §6; 0 for none. */
export function codeOf({ ok, why }: WireReply): number {
  if (ok) return 0;
  const code = Number(/^\d+/.exec(why)?.[0] ?? codes.find(([text]) => why.includes(text))?.[1]);
  if (!code) throw new Error(`a refusal that is not of the protocol: ${why}`);
  return code;
}

const codes = [
  ['Invalid username', 100],
  ['Invalid password', 101],
  ['Challenge expired', 105],
  ['temporarily banned', 402],
  ['Internal server error', 500],
  ['Database error', 501],
  ['Database temporarily unavailable', 502],
] as const;

/** A client of one caller. Each call resolves to its outcome. */
export interface CheckedClient {
  generate(owner: string): Promise<CallOutcome>;
  expire(owner: string, ids: readonly string[] | 'all'): Promise<CallOutcome>;
  verify(session: string): Promise<CallOutcome>;
  /** A challenge of this caller's; `undefined` when it could not be had. */
  challenge(): Promise<string | undefined>;
  answer(owner: string, challenge: string, password: string): Promise<CallOutcome>;
  guess(owner: string, address: string): Promise<number | undefined>;
}

/** How a client calls. */
export interface ClientOptions {
  readonly wire: Wire;
  /** Each call comes from the next. */
  address(): string;
  /** Milliseconds that a call may take. */
  readonly timeLimit: number;
}

/** The password of every account here, as test/support and the demo account `test` have it. */
const password = 'test';

/** Makes a client. Refusals that no failure of the store explains are violations. */
export function createCheckedClient(
  call: Caller,
  history: CallHistory,
  options: ClientOptions,
): CheckedClient {
  const { wire, timeLimit } = options;

  /** The code of the refusal; `undefined` when the connection broke. */
  async function made(method: string, fields: Fields, extras: Extras = {}) {
    const started = performance.now();
    const reply = await call(wire, method, fields, { address: options.address(), ...extras }).catch(
      (error: unknown) => {
        // What fetch throws for a broken connection; all else is a fault of the test's.
        if (error instanceof TypeError) return undefined;
        throw error;
      },
    );
    const took = performance.now() - started;
    if (took > timeLimit) history.violations.push(`${method} took ${Math.round(took)} ms`);
    return { reply, code: reply && codeOf(reply) };
  }

  function outcomeOf(code: number | undefined, what: string, ...expected: readonly number[]): CallOutcome {
    if (code === 0) return 'done';
    if (code === undefined || code === 501 || code === 502) return 'unknown';
    if (!expected.includes(code)) history.violations.push(`${what} was refused with ${code}`);
    return 'refused';
  }

  return {
    async generate(owner) {
      const began = history.tick();
      const { reply, code } = await made('sessiongenerate', { username: owner, password });
      const session = reply?.value('ljsession');
      if (session !== undefined) history.made(session, began);
      if (code === 0 && session === undefined) history.violations.push('sessiongenerate gave no session');
      return outcomeOf(code, 'sessiongenerate');
    },
    async expire(owner, ids) {
      const endings = [ids].flat().map((id) => history.ending(owner, id));
      const which: Fields = ids === 'all' ? { expireall: '1' } : { expire: ids };
      const { code } = await made('sessionexpire', { username: owner, password, ...which });
      const outcome = outcomeOf(code, 'sessionexpire');
      for (const conclude of endings) conclude(outcome);
      return outcome;
    },
    async verify(session) {
      const began = history.tick();
      const headers = { 'X-LJ-Auth': 'cookie', Cookie: `ljsession=${session}` };
      const fields = { username: session.split(':')[1] ?? '', auth_method: 'cookie' };
      const { code } = await made('login', fields, { headers });
      const outcome = outcomeOf(code, 'a session', 101);
      if (outcome !== 'unknown') history.seen(session, began, outcome === 'done');
      return outcome;
    },
    async challenge() {
      const { reply, code } = await made('getchallenge', {});
      outcomeOf(code, 'getchallenge');
      return reply?.value('challenge');
    },
    async answer(owner, challenge, secret) {
      const conclude = history.answering(challenge, secret === password);
      const fields = {
        username: owner,
        auth_method: 'challenge',
        auth_challenge: challenge,
        auth_response: respond(challenge, secret),
      };
      const { code } = await made('login', fields);
      const outcome = outcomeOf(code, 'an answer', 101, 105);
      conclude(code === 105 ? 'expired' : outcome);
      return outcome;
    },
    async guess(owner, address) {
      const { code } = await made('login', { username: owner, password: 'wrong' }, { address });
      if (outcomeOf(code, 'a guess', 101, 402) === 'done')
        history.violations.push('a wrong password was accepted');
      return code;
    },
  };
}
