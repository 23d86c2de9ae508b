/** The gateway's promise: an answer to every call, never a throw. */
import { describe, expect, test } from 'vitest';
import type { ClientKeyId } from '../../../core/accounts/account.ts';
import type { Username } from '../../../core/accounts/username.ts';
import { mintChallenge } from '../../../core/auth/challenge.ts';
import { md5Hex, sha256Hex } from '../../../core/auth/digest.ts';
import { HasherBusy, StoreFailed, StoreUnavailable } from '../../../core/failures.ts';
import type { Ports } from '../../../core/ports.ts';
import type { AccountCall, Call } from '../../../core/protocol/call.ts';
import { createGateway } from '../../../core/protocol/gateway.ts';
import { defaultSettings } from '../../../core/protocol/gateway-settings.ts';
import type { AccountMethod } from '../../../core/protocol/methods/table.ts';
import { Octets, type Value } from '../../../core/protocol/values.ts';
import type { Session } from '../../../core/sessions/session.ts';
import type { SessionId } from '../../../core/sessions/session-string.ts';
import { challengeCall } from '../../support/invocation.ts';
import { testAccount, testPorts, testVerifier } from '../../support/ports.ts';
import { respond } from '../../support/wire.ts';
import { type Chooser, chooser } from '../random.ts';

const username = 'test' as Username;
const nowhere = { address: undefined, cookie: undefined, ljAuth: undefined, agent: undefined };

/** Ports to an account whose every credential works and whose password is due for a new hash. */
async function openPorts(): Promise<Ports> {
  const ports = testPorts();
  const [digest, secret] = [md5Hex('test'), md5Hex('key')];
  const id = 'k' as ClientKeyId;
  const account = testAccount({
    password: {
      accepts: 'anyForm',
      verifier: testVerifier(digest, 'outdated'),
      sealed: await ports.sealer.seal(digest, username, 'password'),
    },
    clientKeys: [
      {
        id,
        name: 'k',
        digest: sha256Hex(secret),
        sealed: await ports.sealer.seal(secret, username, `client-key:${id}`),
        created: 1,
      },
    ],
  });
  await ports.accounts.add(account);
  return ports;
}

function callOf(method: AccountMethod, args: Record<string, Value>): AccountCall {
  return { method, username, args: new Map(Object.entries(args)), context: nowhere };
}

const ports = await openPorts();
const now = ports.clock.now() / 1000;
const { challenge } = mintChallenge(ports.challengeKeys, ports.random, now, 60);
const byPassword = callOf('login', { password: 'test' });
const byChallenge: AccountCall = callOf('login', {
  auth_method: 'challenge',
  auth_challenge: challenge,
  auth_response: respond(challenge, 'test'),
});
const generate = callOf('sessiongenerate', { password: 'test' });
const recentId = String(now - 1_704_067_200);

test.each<[string, Call]>([
  ['getchallenge', challengeCall],
  ['by password', byPassword],
  ['by challenge', byChallenge],
  ['sessiongenerate', generate],
  ['sessionexpire', callOf('sessionexpire', { password: 'test', expire: recentId })],
])('the calls below succeed while nothing is broken: %s', async (_, call) => {
  expect(await createGateway(await openPorts(), defaultSettings).answer(call)).toMatchObject({ ok: true });
});

type Breakage<Fail> = readonly [string, Call, (ports: Ports, fail: Fail) => Partial<Ports>];

/** Ports that answer at once can only throw. */
const direct: readonly Breakage<() => never>[] = [
  ['the clock', challengeCall, (_, now) => ({ clock: { now } })],
  ['the clock', byPassword, (_, now) => ({ clock: { now } })],
  ['randomness', challengeCall, (_, bytes) => ({ random: { bytes } })],
  ['randomness', generate, (_, bytes) => ({ random: { bytes } })],
  [
    'the minting key',
    challengeCall,
    ({ challengeKeys }, current) => ({ challengeKeys: { ...challengeKeys, current } }),
  ],
  [
    'the challenge keys',
    byChallenge,
    ({ challengeKeys }, byId) => ({ challengeKeys: { ...challengeKeys, byId } }),
  ],
  ['the sealer', byChallenge, ({ sealer }, open) => ({ sealer: { ...sealer, open } })],
  ["the hasher's judgement", byPassword, ({ hasher }, isOutdated) => ({ hasher: { ...hasher, isOutdated } })],
];

/** Ports that take their time can throw or reject. */
const slow: readonly Breakage<() => Promise<never>>[] = [
  ['reading', byPassword, (_, read) => ({ records: { read } })],
  [
    'reading beside spending',
    byChallenge,
    (_, fail) => ({ records: { read: fail }, spent: { spend: fail } }),
  ],
  ['spending a challenge', byChallenge, (_, spend) => ({ spent: { spend } })],
  ['counting a refusal', callOf('login', { password: 'wrong' }), (_, count) => ({ refused: { count } })],
  ['checking a password', byPassword, ({ hasher }, verify) => ({ hasher: { ...hasher, verify } })],
  [
    'ending all sessions',
    callOf('sessionexpire', { password: 'test', expireall: '1' }),
    ({ accounts }, endSessions) => ({ accounts: { ...accounts, endSessions } }),
  ],
  ['keeping a session', generate, ({ sessions }, add) => ({ sessions: { ...sessions, add } })],
  [
    'ending a session',
    callOf('sessionexpire', { password: 'test', expire: recentId }),
    ({ sessions, records }, expire) => ({
      sessions: { ...sessions, expire },
      records: {
        async read(query) {
          const there = query.sessions.map((id): [SessionId, Session] => [id, sessionOf(id)]);
          return { ...(await records.read(query)), sessions: new Map(there) };
        },
      },
    }),
  ],
];

/** Writes that follow from a log-in. */
const notes: readonly Breakage<() => Promise<never>>[] = [
  [
    'keeping a stronger verifier',
    byPassword,
    ({ accounts }, replaceVerifier) => ({ accounts: { ...accounts, replaceVerifier } }),
  ],
  [
    "noting a key's use",
    callOf('login', { password: 'key' }),
    ({ accounts }, noteKeyUse) => ({ accounts: { ...accounts, noteKeyUse } }),
  ],
];

function sessionOf(id: SessionId): Session {
  const times = { created: now, expires: now + 60 };
  return { owner: username, id, digest: 'd', generation: 0, term: 'short', ...times };
}

describe.each<[string, unknown, number]>([
  ['an error', new Error('secret'), 500],
  ['a broken store', new StoreFailed('secret'), 501],
  ['an unreachable store', new StoreUnavailable('secret'), 502],
  ['a busy hasher', new HasherBusy(), 507],
  ['no error at all', 'a string', 500],
  ['nothing', undefined, 500],
])('%s', (_, cause, code) => {
  const throwing = () => {
    throw cause;
  };
  const answer = async (call: Call, breaking: (ports: Ports) => Partial<Ports>) => {
    const ports = await openPorts();
    return createGateway({ ...ports, ...breaking(ports) }, defaultSettings).answer(call);
  };
  const refused = { ok: false, refusal: { code }, cause };

  test.each(direct)(`in %s is refusal ${code}, its cause kept for the log`, async (_, call, breaking) => {
    expect(await answer(call, (ports) => breaking(ports, throwing))).toEqual(refused);
  });

  test.each([...slow, ...(cause instanceof StoreUnavailable ? [] : notes)])(
    `in %s is refusal ${code}, its cause kept for the log`,
    async (_, call, breaking) => {
      expect(await answer(call, (ports) => breaking(ports, throwing))).toEqual(refused);
      expect(await answer(call, (ports) => breaking(ports, () => Promise.reject(cause)))).toEqual(refused);
    },
  );
});

test.each(notes)('right credentials enter though the store is away for %s', async (_, call, breaking) => {
  const ports = await openPorts();
  const away = () => Promise.reject(new StoreUnavailable('the disk is full'));
  const gateway = createGateway({ ...ports, ...breaking(ports, away) }, defaultSettings);
  expect(await gateway.answer(call)).toMatchObject({ ok: true });
});

test.each<[AccountMethod]>([['login'], ['sessiongenerate']])(
  '%s is not answered before the challenge is spent',
  async (method) => {
    const ports = await openPorts();
    const spending = Promise.withResolvers<'spent'>();
    const spent: Ports['spent'] = { spend: () => spending.promise };
    const call: Call = { ...byChallenge, method };
    let answered = false;
    const answer = createGateway({ ...ports, spent }, defaultSettings).answer(call);
    answer.finally(() => {
      answered = true;
    });
    for (let turn = 0; turn < 20; turn++) await new Promise(setImmediate);
    expect(answered).toBe(false);
    spending.resolve('spent');
    expect(await answer).toMatchObject({ ok: true });
  },
);

test('a store that has every session id taken is refusal 502 in the end', async () => {
  const ports = await openPorts();
  const sessions = { ...ports.sessions, add: async () => 'taken' as const };
  expect(await createGateway({ ...ports, sessions }, defaultSettings).answer(generate)).toMatchObject({
    refusal: { code: 502 },
    cause: expect.any(StoreUnavailable),
  });
});

const accountMethods = ['login', 'sessiongenerate', 'sessionexpire'] as const;

const names = [
  ...['auth_method', 'password', 'hpassword', 'auth_challenge', 'auth_response', 'ver', 'version'],
  ...['expiration', 'ipfixed', 'bindtoip', 'expireall', 'expire', 'clientversion'],
  ...['getmoods', 'getmenus', 'getpickws', 'getpickwurls', 'getcaps', 'constructor', '__proto__'],
] as const;
const texts = [
  ...[
    'test',
    '',
    '0',
    '1',
    '-1',
    'clear',
    'challenge',
    'cookie',
    'long',
    md5Hex('test'),
    challenge,
    recentId,
  ],
  ...['\0', '\ud800', 'é', 'x'.repeat(10_000), '9'.repeat(400), 'NaN', '1e999', '%', ';', '{{7*7}}'],
] as const;

function anyValue({ below, one }: Chooser, depth = 0): Value {
  switch (below(depth > 3 ? 6 : 8)) {
    case 0:
      return new Octets(Uint8Array.of(below(256)), undefined, 'text');
    case 1:
      return new Octets(new TextEncoder().encode('test'), 'test', 'binary');
    case 6:
      return Array.from({ length: below(4) }, () => anyValue({ below, one }, depth + 1));
    case 7:
      return new Map([[one(names), anyValue({ below, one }, depth + 1)]]);
    default:
      return one(texts);
  }
}

test('whatever the arguments, a call is served or refused, and never for anything that went wrong inside', async () => {
  const choose = chooser('arguments');
  const bans = { pair: 'off', sweep: 'off' } as const;
  const gateway = createGateway(await openPorts(), { ...defaultSettings, bans });
  const outcomes = new Map<string | number, number>();
  for (let i = 0; i < 3000; i++) {
    const method = choose.one(accountMethods);
    const args = new Map<string, Value>([['password', 'test']]);
    for (let count = choose.below(5); count > 0; count--) args.set(choose.one(names), anyValue(choose));
    const header = () => choose.one([undefined, 'cookie', 'ljsession=ws:test:1:abc', ...texts]);
    const context = { address: header(), cookie: header(), ljAuth: header(), agent: header() };
    const answer = await gateway.answer({ method, username, args, context });
    expect(answer).not.toHaveProperty('cause');
    const outcome = answer.ok ? method : answer.refusal.code;
    outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
  }
  expect([...outcomes.keys()]).toEqual(expect.arrayContaining([...accountMethods, 101, 203, 208]));
});
