/**
 * A store that fails at random: whatever becomes of a call, no answer is a lie. Gateways whose clocks
 * differ share the tables over a network that fails; what they answered is held against what they,
 * and a gateway on a sound network, answer later.
 */
import { afterAll, describe, expect, test } from 'vitest';
import type { UserId } from '../../core/account.ts';
import { defaultBans } from '../../core/bans.ts';
import { StoreUnavailable } from '../../core/ports.ts';
import { openDynamodb } from '../../infra/store/dynamodb/store.ts';
import { type Chooser, chooser } from '../core/random.ts';
import { proxy } from '../infra/store/endpoints.ts';
import { failures } from '../infra/store/operations.ts';
import { times } from '../support/effort.ts';
import { named, wires } from '../support/site.ts';
import { dynamodbLocal, startDynalite, uniquePrefix } from '../support/stores.ts';
import { tally } from '../support/tally.ts';
import { type FailingNetwork, openNetwork } from './failing-network.ts';
import { addresses, openGateways } from './gateways.ts';
import { createLedger } from './ledger.ts';
import { createPlayer, type Player } from './players.ts';

const local = await dynamodbLocal();

/** Milliseconds for an operation on the store. */
const deadline = 2000;

/** A call waits for at most three operations one after another; the rest is for a busy machine. */
const hang = 3 * deadline + 15_000;

/** Clocks may differ by up to an hour. */
const skews = [0, 25, -25].map((minutes) => minutes * 60_000);

/** The earliest of them: to the witness no challenge is past its time. */
const witnessSkew = -25 * 60_000;
const accounts = ['owner', ...Array.from({ length: 11 }, (_, n) => `owner_${n}`)] as const;
const workers = 40;
const movesPerRound = 600;
const faultsPerRound = 350;

const networks: FailingNetwork[] = [];
afterAll(() => {
  for (const network of networks.splice(0)) network.close();
});

async function openWorld(endpoint: string, seed: string, within = deadline) {
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
    skews: [...skews, witnessSkew],
  });
  for (const [n, name] of accounts.entries()) {
    await sites[0].add({ username: named(name), userid: (100 + n) as UserId });
  }
  // dynalite does not give back the row that a condition failed on.
  const ledger = createLedger({ knowsOwnRows: endpoint === local });
  const address = addresses();
  const players = sites.map(({ call }, n) =>
    createPlayer(call, ledger, { wire: wires[n % 2] ?? 'flat', address, patience: hang }),
  );
  const witness = players.pop();
  const [first, ...others] = players;
  if (!first || !witness) throw new Error('nobody to play');
  const all: [Player, ...Player[]] = [first, ...others];
  return { network, ledger, players: all, witness, guesses: new Map<string, number>() };
}

/** Guesses are made at two accounts, from one address for each gateway. */
const told = (counts: Map<string, number>, key: string) => counts.set(key, (counts.get(key) ?? 0) + 1);

type World = Awaited<ReturnType<typeof openWorld>>;

/** Makes `count` moves, one after another. */
async function play(count: number, random: Chooser, { players, ledger, guesses }: World): Promise<void> {
  const kept: string[] = [];
  for (let i = 0; i < count; i++) {
    const n = random.below(players.length);
    const player = players[n] ?? players[0];
    const owner = random.one(accounts);
    const sessions = ledger.sessions();
    const session = sessions[random.below(sessions.length)];
    const move = random.below(40);
    if (move < 14 || session === undefined) await player.generate(owner);
    else if (move < 23) await player.verify(session);
    else if (move < 29) await player.expire(...someOf(session, sessions));
    else if (move < 30) await player.expire(owner, 'all');
    else if (move < 32) {
      const guessed = accounts[random.below(2)] ?? owner;
      if ((await player.guess(guessed, `192.0.2.${n}`)) === 101) told(guesses, `${guessed} at gateway ${n}`);
    } else {
      // A challenge is answered, rightly or not, and answered again later, maybe at another gateway.
      const again = random.below(2) === 0 ? kept.pop() : undefined;
      const challenge = again ?? (await player.challenge()) ?? '';
      await player.answer(owner, challenge, random.below(5) === 0 ? 'wrong' : 'test');
      if (again === undefined) kept.push(challenge);
    }
  }
}

/** A session's owner, and its id with those of up to seven others of that owner. */
function someOf(session: string, sessions: readonly string[]): [owner: string, ids: string[]] {
  const [, owner = ''] = session.split(':');
  const others = sessions.filter((other) => other.startsWith(`ws:${owner}:`)).slice(-7);
  return [owner, [...new Set([session, ...others].map((each) => each.split(':')[2] ?? ''))]];
}

/** What the witness sees of all that may still be alive or accepted. */
async function witnessed({ network, ledger, witness }: World, checked: Set<string>): Promise<void> {
  await network.quiet();
  ledger.settle();
  const spent = ledger.spent().filter((challenge) => !checked.has(challenge));
  for (const challenge of spent) checked.add(challenge);
  const fates = await Promise.all([
    ...ledger.sessions().map((session) => witness.verify(session)),
    ...spent.map((challenge) => witness.answer(accounts[0], challenge, 'test')),
  ]);
  if (fates.includes('unknown')) ledger.complaints.push('the witness was refused');
}

describe.concurrent.each([
  ['dynalite', await startDynalite()],
  ['DynamoDB Local (needs java)', local],
])('%s on a network that fails', (name, endpoint) => {
  test.skipIf(endpoint === undefined)(
    'tells no lies, in time, and tries no command too often',
    {
      timeout: times(600_000, 4 * 3_600_000),
    },
    async ({ task, expect }) => {
      const world = await openWorld(endpoint ?? '', name);
      const { network, ledger, guesses } = world;
      const checked = new Set<string>();
      const rounds = times(3, 85);
      for (let round = 0; round < rounds; round++) {
        network.fail(faultsPerRound);
        const random = (worker: number) => chooser(`${name} ${round} ${worker}`);
        await Promise.all(
          Array.from({ length: workers }, (_, worker) =>
            play(movesPerRound / workers, random(worker), world),
          ),
        );
        while (network.left() > 0) await world.players[0].generate(accounts[0]);
        await witnessed(world, checked);
        expect(ledger.complaints).toEqual([]);
      }
      expect([...guesses].filter(([, times]) => times > 5)).toEqual([]);
      expect(network.mostAttempts()).toBeLessThanOrEqual(6);
      expect(Math.min(...Object.values(network.injected))).toBeGreaterThan(0);
      tally(task, 'calls on a failing store', rounds * movesPerRound);
      tally(task, 'faults injected', rounds * faultsPerRound);
    },
  );

  test.skipIf(endpoint === undefined)(
    'an expireall that arrives again ends no session made since',
    async ({ task, expect }) => {
      const { network, ledger, players, witness } = await openWorld(endpoint ?? '', 'late', 6000);
      const [player] = players;
      const [owner] = accounts;
      expect(await player.generate(owner)).toBe('done');
      network.failNext('UpdateItem', 'late');
      expect(await player.expire(owner, 'all')).toBe('done');
      expect(await player.generate(owner)).toBe('done');
      await network.quiet();
      for (const session of ledger.sessions()) await witness.verify(session);
      expect(ledger.complaints).toEqual([]);
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
