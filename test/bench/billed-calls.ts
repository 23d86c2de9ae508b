/** The kinds of calls that are measured on the packaged functions, as events of an HTTP API. */
import { eventOf } from '../support/events.ts';
import { flatReply, respond } from '../support/wire.ts';

/** The function that a call goes to; `forgetful` is `flat` without its memory of checked passwords. */
export type Asking = (to: 'flat' | 'forgetful' | 'web', event: unknown) => Promise<string>;

/** The account of the calls, and its client key. */
export interface CallingAccount {
  readonly username: string;
  readonly password: string;
  readonly key: string;
}

/** One kind of call. */
export interface BilledCall {
  readonly call: string;
  readonly to: Parameters<Asking>[0];
  /** The event of the n-th call; what it needs is made by other calls first. */
  event(ask: Asking, account: CallingAccount, n: number): Promise<unknown>;
  /** What the reply must contain. */
  readonly proof: RegExp;
}

const success = /^success\nOK$/m;

/** All kinds, in the order of the guide's table. */
export const billedCalls: readonly BilledCall[] = [
  { call: 'getchallenge', to: 'flat', event: async () => form({ mode: 'getchallenge' }), proof: success },
  {
    call: 'login by session',
    to: 'flat',
    event: async (ask, account) =>
      byCookie(await sessionOf(ask, account), { mode: 'login', user: account.username }),
    proof: success,
  },
  {
    call: 'login by client key',
    to: 'flat',
    event: async (_ask, { username: user, key: password }) => form({ mode: 'login', user, password }),
    proof: success,
  },
  {
    call: 'login, password remembered',
    to: 'flat',
    event: async (_ask, { username: user, password }) => form({ mode: 'login', user, password }),
    proof: success,
  },
  {
    call: 'login by challenge',
    to: 'flat',
    async event(ask, { username: user, password }) {
      const challenge = await fieldOf(ask, 'challenge', { mode: 'getchallenge' });
      const auth_response = respond(challenge, password);
      return form({
        mode: 'login',
        user,
        auth_method: 'challenge',
        auth_challenge: challenge,
        auth_response,
      });
    },
    proof: success,
  },
  {
    call: 'login, password not remembered',
    to: 'forgetful',
    event: async (_ask, { username: user, password }) => form({ mode: 'login', user, password }),
    proof: success,
  },
  {
    call: 'login refused',
    to: 'flat',
    // An address for each: none of them is banned.
    event: async (_ask, { username: user }, n) =>
      form({ mode: 'login', user, password: 'wrong' }, `198.51.${Math.floor(n / 256)}.${n % 256}`),
    proof: /^success\nFAIL$/m,
  },
  {
    call: 'sessiongenerate, password remembered',
    to: 'flat',
    event: async (_ask, { username: user, password }) => form({ mode: 'sessiongenerate', user, password }),
    proof: success,
  },
  {
    call: 'sessionexpire of one, password remembered',
    to: 'flat',
    async event(ask, account) {
      const [, , id = ''] = (await sessionOf(ask, account)).split(':');
      const { username: user, password } = account;
      return form({ mode: 'sessionexpire', user, password, [`expire_id_${id}`]: '1' });
    },
    proof: success,
  },
  {
    call: 'session check, /session',
    to: 'web',
    async event(ask, account) {
      const headers = { cookie: `ljsession=${await sessionOf(ask, account)}` };
      return eventOf('http-api', {
        verb: 'GET',
        path: '/session',
        query: '',
        headers,
        isBase64Encoded: false,
      });
    },
    proof: /^Valid session$/m,
  },
];

function form(fields: Readonly<Record<string, string>>, address = '192.0.2.1', headers = {}) {
  const event = eventOf('http-api', {
    verb: 'POST',
    path: '/interface/flat',
    query: '',
    headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
    body: new URLSearchParams({ ver: '1', ...fields }).toString(),
    isBase64Encoded: false,
  });
  const { requestContext: context } = event;
  return { ...event, requestContext: { ...context, http: { ...context?.http, sourceIp: address } } };
}

function byCookie(session: string, fields: Readonly<Record<string, string>>) {
  const headers = { cookie: `ljsession=${session}`, 'x-lj-auth': 'cookie' };
  return form({ ...fields, auth_method: 'cookie' }, undefined, headers);
}

function sessionOf(ask: Asking, { username: user, password }: CallingAccount): Promise<string> {
  return fieldOf(ask, 'ljsession', { mode: 'sessiongenerate', user, password });
}

async function fieldOf(ask: Asking, name: string, fields: Readonly<Record<string, string>>): Promise<string> {
  return flatReply(await ask('flat', form(fields))).value(name) ?? '';
}
