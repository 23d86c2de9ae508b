/**
 * A store that fails at random: whatever becomes of a call, no answer contradicts another. Gateways whose clocks
 * differ share the tables over a network that fails; what they answered is held against what they,
 * and a gateway on a sound network, answer later.
 */
import { afterAll, describe, expect, test } from 'vitest';
import type { UserId } from '../../core/accounts/account.ts';
import { defaultBans } from '../../core/auth/bans.ts';
import { StoreUnavailable } from '../../core/failures.ts';
import { openDynamodb } from '../../infra/stores/dynamodb/dynamodb-store.ts';
import { type Chooser, chooser } from '../core/random.ts';
import { proxy } from '../infra/stores/faulty-endpoints.ts';
import { failures } from '../infra/stores/operations.ts';
import { times } from '../support/effort.ts';
import { named, wires } from '../support/site.ts';
import { dynamodbLocal, startDynalite, uniquePrefix } from '../support/stores.ts';
import { tally } from '../support/tally.ts';
import { createHistory } from './call-history.ts';
import { type CheckedClient, createCheckedClient } from './checked-clients.ts';
import { type FailingNetwork, openNetwork } from './failing-network.ts';
import { addresses, openGateways } from './gateways.ts';

const local = await dynamodbLocal();

/** Milliseconds for an operation on the store. */
const deadline = 2000;

/** A call waits for at most three operations one after another; the rest is for a busy machine. */
const hang = 3 * deadline + 15_000;

/** Clocks may differ by up to an hour. */
const skews = [0, 25, -25].map((minutes) => minutes * 60_000);

/** The earliest of them: to the checker no challenge is past its time. */
const checkerSkew = -25 * 60_000;
const accounts = ['owner', ...Array.from({ length: 11 }, (_, n) => `owner_${n}`)] as const;
const workers = 40;
const callsPerRound = 600;
const faultsPerRound = 350;

const networks: FailingNetwork[] = [];
afterAll(() => {
  for (const network of networks.splice(0)) network.close();
});

async function openSetup(endpoint: string, seed: string, within = deadline) {
  const prefix = uniquePrefix();
  const sound = { prefix, endpoint, deadline: 60_000 };
  const soundStore = openDynamodb(sound);
  await soundStore.prepare();
  const { add } = soundStore.accounts;
  const network = await openNetwork(endpoint, chooser(`network ${seed}`), within / 2);
  networks.push(network);
  const failing = { prefix, endpoint: network.endpoint, deadline: within };
  const open = async (n: number) => {
    if (n === skews.length) return soundStore;
    const store = openDynamodb(failing);
    return { ...store, accounts: { ...store.accounts, add } };
  };
  const sites = await openGateways(skews.length + 1, open, {
    bans: defaultBans,
    skews: [...skews, checkerSkew],
  });
  for (const [n, name] of accounts.entries()) {
    await sites[0].add({ username: named(name), userid: (100 + n) as UserId });
  }
  // dynalite does not give back the row that a condition failed on.
  const history = createHistory({ knowsOwnRows: endpoint === local });
  const address = addresses();
  const clients = sites.map(({ call }, n) =>
    createCheckedClient(call, history, { wire: wires[n % 2] ?? 'flat', address, timeLimit: hang }),
  );
  const checker = clients.pop();
  const [first, ...others] = clients;
  if (!first || !checker) throw new Error('nobody to makeCalls');
  const all: [CheckedClient, ...CheckedClient[]] = [first, ...others];
  return { network, history, clients: all, checker, guesses: new Map<string, number>() };
}

/** Guesses are made at two accounts, from one address for each gateway. */
const countUp = (counts: Map<string, number>, key: string) => counts.set(key, (counts.get(key) ?? 0) + 1);

type Setup = Awaited<ReturnType<typeof openSetup>>;

/** Makes `count` calls, one after another. */
async function makeCalls(
  count: number,
  random: Chooser,
  { clients, history, guesses }: Setup,
): Promise<void> {
  const waiting: string[] = [];
  for (let i = 0; i < count; i++) {
    const n = random.below(clients.length);
    const client = clients[n] ?? clients[0];
    const owner = random.one(accounts);
    const sessions = history.sessions();
    const session = sessions[random.below(sessions.length)];
    const choice = random.below(40);
    if (choice < 14 || session === undefined) await client.generate(owner);
    else if (choice < 23) await client.verify(session);
    else if (choice < 29) await client.expire(...someOf(session, sessions));
    else if (choice < 30) await client.expire(owner, 'all');
    else if (choice < 32) {
      const guessed = accounts[random.below(2)] ?? owner;
      if ((await client.guess(guessed, `192.0.2.${n}`)) === 101)
        countUp(guesses, `${guessed} at gateway ${n}`);
    } else {
      // A challenge is answered, rightly or not, and answered again later, maybe at another gateway.
      const again = random.below(2) === 0 ? waiting.pop() : undefined;
      const challenge = again ?? (await client.challenge()) ?? '';
      await client.answer(owner, challenge, random.below(5) === 0 ? 'wrong' : 'test');
      if (again === undefined) waiting.push(challenge);
    }
  }
}

/** A session's owner, and its id with those of up to seven others of that owner. */
function someOf(session: string, sessions: readonly string[]): [owner: string, ids: string[]] {
  const [, owner = ''] = session.split(':');
  const others = sessions.filter((other) => other.startsWith(`ws:${owner}:`)).slice(-7);
  return [owner, [...new Set([session, ...others].map((each) => each.split(':')[2] ?? ''))]];
}

/** What the checker sees of all that may still be alive or accepted. */
async function checkAll({ network, history, checker }: Setup, checked: Set<string>): Promise<void> {
  await network.quiet();
  history.settle();
  const spent = history.spent().filter((challenge) => !checked.has(challenge));
  for (const challenge of spent) checked.add(challenge);
  const outcomes = await Promise.all([
    ...history.sessions().map((session) => checker.verify(session)),
    ...spent.map((challenge) => checker.answer(accounts[0], challenge, 'test')),
  ]);
  if (outcomes.includes('unknown')) history.violations.push('the checker was refused');
}

describe.concurrent.each([
  ['dynalite', await startDynalite()],
  ['DynamoDB Local (needs java)', local],
])('%s on a network that fails', (name, endpoint) => {
  test.skipIf(endpoint === undefined)(
    'answers nothing that is not so, in time, and tries no command too often',
    {
      timeout: times(600_000, 4 * 3_600_000),
    },
    async ({ task, expect }) => {
      const setup = await openSetup(endpoint ?? '', name);
      const { network, history, guesses } = setup;
      const checked = new Set<string>();
      const rounds = times(3, 85);
      for (let round = 0; round < rounds; round++) {
        network.fail(faultsPerRound);
        const random = (worker: number) => chooser(`${name} ${round} ${worker}`);
        await Promise.all(
          Array.from({ length: workers }, (_, worker) =>
            makeCalls(callsPerRound / workers, random(worker), setup),
          ),
        );
        while (network.left() > 0) await setup.clients[0].generate(accounts[0]);
        await checkAll(setup, checked);
        expect(history.violations).toEqual([]);
      }
      expect([...guesses].filter(([, times]) => times > 5)).toEqual([]);
      expect(network.mostAttempts()).toBeLessThanOrEqual(6);
      const { held: _, ...injected } = network.injected;
      expect(Math.min(...Object.values(injected))).toBeGreaterThan(0);
      tally(task, 'calls on a failing store', rounds * callsPerRound);
      tally(task, 'faults injected', rounds * faultsPerRound);
    },
  );

  test.skipIf(endpoint === undefined)(
    'an expireall that arrives again ends no session made since',
    async ({ task, expect }) => {
      const { network, history, clients, checker } = await openSetup(endpoint ?? '', 'held', 60_000);
      const [client] = clients;
      const [owner] = accounts;
      expect(await client.generate(owner)).toBe('done');
      network.failNext('UpdateItem', 'held');
      expect(await client.expire(owner, 'all')).toBe('done');
      expect(await client.generate(owner)).toBe('done');
      await network.quiet();
      for (const session of history.sessions()) await checker.verify(session);
      expect(history.violations).toEqual([]);
      tally(task, 'faults injected', 1);
    },
  );
});

test('a store that leaves everything undone for ever is asked so often and no more', async ({ task }) => {
  const undone = (body: string, command: string) => {
    const { RequestItems } = JSON.parse(body);
    if (command === 'BatchGetItem') return { Responses: {}, UnprocessedKeys: RequestItems };
    return command === 'BatchWriteItem' ? { UnprocessedItems: RequestItems } : undefined;
  };
  const { endpoint, commands } = await proxy(await startDynalite(), undone);
  const store = openDynamodb({ prefix: uniquePrefix(), endpoint, deadline });
  const { errors } = await failures(store);
  const failed = new Map(errors);
  for (const name of ['records.read', 'sessions.expire']) {
    expect(failed.get(name)).toBeInstanceOf(StoreUnavailable);
  }
  await new Promise((resolve) => setTimeout(resolve, deadline));
  // At most 25 ms to wait at first, then twice as long each time: three batches of sixty ids.
  for (const [name, batches] of [
    ['BatchGetItem', 1],
    ['BatchWriteItem', 3],
  ] as const) {
    expect(commands.filter((command) => command === name).length).toBeLessThan(batches * 40);
  }
  tally(task, 'faults injected', 4);
});
