/** What each call costs in requests to DynamoDB, and how many of them wait for one another. */
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Account, ClientKeyId, UserId } from '../../../../core/accounts/account.ts';
import { parseUsername, type Username } from '../../../../core/accounts/username.ts';
import { md5Hex, sha256Hex } from '../../../../core/auth/digest.ts';
import type { Ports } from '../../../../core/ports.ts';
import type { Call } from '../../../../core/protocol/call.ts';
import { type Answer, createGateway, type Gateway } from '../../../../core/protocol/gateway.ts';
import { defaultSettings } from '../../../../core/protocol/gateway-settings.ts';
import type { AccountMethod } from '../../../../core/protocol/methods/table.ts';
import type { Value } from '../../../../core/protocol/values.ts';
import { verifySession } from '../../../../core/sessions/verify-session.ts';
import { createClient } from '../../../../infra/stores/dynamodb/client.ts';
import { openDynamodb } from '../../../../infra/stores/dynamodb/dynamodb-store.ts';
import { challengeCall } from '../../../support/invocation.ts';
import { testAccount, testClock, testPorts, testSealer, testVerifier } from '../../../support/ports.ts';
import { startDynalite, uniquePrefix } from '../../../support/stores.ts';

/** One command as it was sent: its name, how long a chain of others it waited for. */
interface Sent {
  readonly name: string;
  readonly depth: number;
}

/** Notes every command that a client sends; `depth` 1 waited for none. */
function watch(client: DynamoDBClient): { take(): { names: string[]; depth: number } } {
  let sent: Sent[] = [];
  let answered = 0;
  client.middlewareStack.add(
    (next, context) => async (args) => {
      const command: Sent = { name: String(context['commandName']), depth: answered + 1 };
      sent.push(command);
      const result = await next(args);
      answered = Math.max(answered, command.depth);
      return result;
    },
    { step: 'initialize' },
  );
  return {
    take() {
      const names = sent.map(({ name }) => name.replace('Command', '')).toSorted();
      const depth = Math.max(0, ...sent.map((command) => command.depth));
      sent = [];
      answered = 0;
      return { names, depth };
    },
  };
}

const read = 'BatchGetItem';
const put = 'PutItem';
const update = 'UpdateItem';
const batch = 'BatchWriteItem';

describe('a call to the gateway sends to DynamoDB', () => {
  const clock = testClock(Date.now());
  let ports: Ports;
  let gateway: Gateway;
  let sent: ReturnType<typeof watch>;
  const ids = Array.from({ length: 60 }, (_, i) =>
    String(Math.floor(clock.now() / 1000) - 1_704_067_200 - i),
  );

  beforeAll(async () => {
    const client = createClient({ endpoint: await startDynalite(), deadline: 30_000 });
    const store = openDynamodb({ prefix: uniquePrefix(), client, deadline: 30_000 });
    await store.prepare();
    for (const account of accounts()) await store.accounts.add(account);
    ports = testPorts(store, { clock });
    gateway = createGateway(ports, { ...defaultSettings, sessionRate: 'off' });
    sent = watch(client);
  });

  function call(
    method: AccountMethod,
    args: Record<string, Value>,
    { username = 'test', cookie, address }: { username?: string; cookie?: string; address?: string } = {},
  ): Promise<Answer> {
    const context = { address: address ?? '192.0.2.1', cookie, ljAuth: 'cookie', agent: undefined };
    return gateway.answer({
      method,
      username: parseUsername(username) as Username,
      args: new Map(Object.entries(args)),
      context,
    } satisfies Call);
  }

  async function challengeArgs(password: string): Promise<Record<string, string>> {
    const answer = await gateway.answer(challengeCall);
    if (!answer.ok || answer.value.method !== 'getchallenge') throw new Error('no challenge');
    const { challenge } = answer.value.value;
    const auth_response = md5Hex(challenge + md5Hex(password));
    return { auth_method: 'challenge', auth_challenge: challenge, auth_response };
  }

  async function cookie(): Promise<string> {
    const answer = await call('sessiongenerate', { password: 'test' });
    if (!answer.ok || answer.value.method !== 'sessiongenerate') throw new Error('no session');
    return `ljsession=${answer.value.value.ljsession}`;
  }

  /** What a call sends; what came before it does not count. */
  async function cost(run: () => Promise<Answer>) {
    sent.take();
    const answer = await run();
    return { ...sent.take(), outcome: answer.ok ? 'ok' : answer.refusal.code };
  }

  test('nothing for getchallenge', async () => {
    const costs = await cost(() => gateway.answer(challengeCall));
    expect(costs).toEqual({ names: [], depth: 0, outcome: 'ok' });
  });

  const extras: [AccountMethod, string, Record<string, Value>, string[]][] = [
    ['login', 'nothing more', {}, []],
    ['sessiongenerate', 'one put after it', {}, [put]],
    ['sessionexpire', 'nothing more for no ids', {}, []],
    ['sessionexpire', 'nothing more for ids of no session', { expire: ids.slice(0, 25) }, []],
  ];

  describe.each(extras)('for %s: %s', (method, _, args, writes) => {
    const depth = writes.length > 0 ? 2 : 1;

    test.each([
      ['password', { password: 'test' }],
      ['hpassword', { hpassword: md5Hex('test') }],
    ])('one read for %s', async (_, credentials) => {
      const costs = await cost(() => call(method, { ...credentials, ...args }));
      expect(costs).toEqual({ names: [read, ...writes].toSorted(), depth, outcome: 'ok' });
    });

    test('one read for a challenge, and then a put', async () => {
      const credentials = await challengeArgs('test');
      const costs = await cost(() => call(method, { ...credentials, ...args }));
      expect(costs).toEqual({ names: [read, put, ...writes].toSorted(), depth: depth + 1, outcome: 'ok' });
    });

    test('one read for a cookie, however many it offers', async () => {
      const credentials = { auth_method: 'cookie' };
      const offered = `${await cookie()}; ${await cookie()}; ljsession=ws:test:1:${'a'.repeat(32)}`;
      const costs = await cost(() => call(method, { ...credentials, ...args }, { cookie: offered }));
      expect(costs).toEqual({ names: [read, ...writes].toSorted(), depth, outcome: 'ok' });
    });
  });

  /** Ids of so many sessions of the account `many`. */
  async function sessionsOf(count: number): Promise<string[]> {
    const made = await Promise.all(
      Array.from({ length: count }, () =>
        call('sessiongenerate', { password: 'test' }, { username: 'many' }),
      ),
    );
    return made.map((answer) => {
      if (!answer.ok || answer.value.method !== 'sessiongenerate') throw new Error('no session');
      return answer.value.value.ljsession.split(':')[2] ?? '';
    });
  }

  test.each([
    ['one read and then one batch', 25, [read, batch]],
    ['one read and then three batches at once', 60, [read, batch, batch, batch]],
    ['two reads at once and then five batches at once', 110, [read, read, ...Array(5).fill(batch)]],
  ])('%s for the end of %i sessions', async (_, count, names) => {
    const expire = await sessionsOf(count);
    const end = () => call('sessionexpire', { password: 'test', expire }, { username: 'many' });
    expect(await cost(end)).toEqual({ names: names.toSorted(), depth: 2, outcome: 'ok' });
    const reads = names.filter((name) => name === read);
    expect(await cost(end)).toEqual({ names: reads, depth: 1, outcome: 'ok' });
  });

  test('one read for the check of a session, whether it holds or not', async () => {
    const good = await cookie();
    for (const [offered, holds] of [
      [good, true],
      [`${good}x`, false],
      [good.replace(':test:', ':nobody:'), false],
    ] as const) {
      sent.take();
      const held = await verifySession(ports, { cookie: offered, address: '192.0.2.1' });
      expect([held !== undefined, sent.take()]).toEqual([holds, { names: [read], depth: 1 }]);
    }
  });

  test('one read and one update for expireall', async () => {
    const args = { password: 'test', expireall: '1' };
    const costs = await cost(() => call('sessionexpire', args, { username: 'other' }));
    expect(costs).toEqual({ names: [read, update], depth: 2, outcome: 'ok' });
  });

  describe('for a refused log-in', () => {
    test('one read, then an update for each of its two rows, at once', async () => {
      const costs = await cost(() => call('login', { password: 'x' }, { address: '192.0.2.2' }));
      expect(costs).toEqual({ names: [read, update, update], depth: 2, outcome: 101 });
    });

    test('one update where the address is not known', async () => {
      const costs = await cost(() => call('login', { password: 'x' }, { address: 'no address' }));
      expect(costs).toEqual({ names: [read, update], depth: 2, outcome: 101 });
    });

    test('the put of a challenge as well, but none for a forged one', async () => {
      const wrong = await challengeArgs('wrong');
      const address = '192.0.2.3';
      const first = await cost(() => call('login', wrong, { address }));
      expect(first).toEqual({ names: [read, put, update, update].toSorted(), depth: 3, outcome: 101 });
      const forged = { ...wrong, auth_challenge: 'c0:forged' };
      const second = await cost(() => call('login', forged, { address }));
      expect(second).toEqual({ names: [read, update, update], depth: 2, outcome: 101 });
    });

    test('one read and nothing else when the account does not exist, or is banned', async () => {
      const address = '192.0.2.4';
      const unknown = await cost(() => call('login', { password: 'x' }, { username: 'nobody', address }));
      expect(unknown).toEqual({ names: [read], depth: 1, outcome: 100 });
      for (let i = 0; i < 5; i++) await call('login', { password: 'x' }, { address });
      const banned = await cost(() => call('login', { password: 'test' }, { address }));
      expect(banned).toEqual({ names: [read], depth: 1, outcome: 402 });
    });

    test('nothing is written of a challenge for an account that does not exist, or a caller who is banned', async () => {
      const address = '192.0.2.5';
      const stranger = await challengeArgs('test');
      const unknown = await cost(() => call('login', stranger, { username: 'nobody', address }));
      expect(unknown).toEqual({ names: [read], depth: 1, outcome: 100 });
      for (let i = 0; i < 5; i++) await call('login', { password: 'x' }, { address });
      const banned = await cost(async () => call('login', await challengeArgs('test'), { address }));
      expect(banned).toEqual({ names: [read], depth: 1, outcome: 402 });
    });
  });

  test('one update more for the first use of a client key in an hour, none for the second', async () => {
    const login = () => call('login', { password: 'secret' }, { username: 'keys' });
    expect(await cost(login)).toEqual({ names: [read, update], depth: 2, outcome: 'ok' });
    expect(await cost(login)).toEqual({ names: [read], depth: 1, outcome: 'ok' });
  });

  test('one update more for a password whose verifier is outdated, once', async () => {
    const login = () => call('login', { password: 'test' }, { username: 'weak' });
    expect(await cost(login)).toEqual({ names: [read, update], depth: 2, outcome: 'ok' });
    expect(await cost(login)).toEqual({ names: [read], depth: 1, outcome: 'ok' });
  });
});

function accounts(): Account[] {
  const named = (username: string, userid: number, overrides: Partial<Account> = {}) =>
    testAccount({ username: username as Username, userid: userid as UserId, ...overrides });
  const digest = md5Hex('secret');
  const sealed = testSealer().seal(digest, 'keys' as Username, 'client-key:laptop');
  const key = { id: 'laptop' as ClientKeyId, name: 'laptop', digest: sha256Hex(digest), sealed, created: 1 };
  const weak = testVerifier(md5Hex('test'), 'outdated');
  return [
    named('test', 3),
    named('other', 4),
    named('many', 7),
    named('keys', 5, { clientKeys: [key] }),
    named('weak', 6, { password: { accepts: 'plainOnly', verifier: weak } }),
  ];
}
