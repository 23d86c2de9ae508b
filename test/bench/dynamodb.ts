/** DynamoDB: what each method asks of it, and what a call costs this side beyond the bare SDK. */
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { UserId } from '../../core/accounts/account.ts';
import { parseAccountLine } from '../../core/accounts/account-line.ts';
import { createAccount } from '../../core/accounts/create-account.ts';
import type { Username } from '../../core/accounts/username.ts';
import { createGateway } from '../../core/protocol/gateway.ts';
import { createPorts, createSettings } from '../../infra/compose.ts';
import { nodePlatform } from '../../infra/node-platform.ts';
import { generateKeyring } from '../../infra/secrets/keyring.ts';
import { createClient } from '../../infra/stores/dynamodb/client.ts';
import { openDynamodb } from '../../infra/stores/dynamodb/dynamodb-store.ts';
import { startDynamodbLocal } from '../support/dynamodb-local.ts';
import { type Caller, callerFor, idOf, password } from './caller.ts';
import { type Metered, meter, sendAgain } from './meter.ts';
import type { Plan } from './plan.ts';
import { median, type Summary, summary } from './statistics.ts';

/** What a method costs, each number for one call. */
export interface DynamodbRow {
  readonly method: string;
  readonly requests: number;
  /** Rows asked for. DynamoDB counts at least a unit for each, the emulator none for those that are not there. */
  readonly rowsRead: number;
  readonly bytesSent: number;
  readonly bytesReceived: number;
  readonly readUnits: number;
  readonly writeUnits: number;
  /** Processor time in ms: of the whole call without HTTP, and of the bare SDK with the same commands. */
  readonly cpu: number;
  readonly sdkCpu: number;
  /** The difference, round by round. */
  readonly above: Summary;
}

/** One method, called once; what it needs is made first, untimed and unmetered. */
interface Method {
  readonly name: string;
  once(caller: Caller): Promise<() => Promise<unknown>>;
}

const methods: readonly Method[] = [
  { name: 'getchallenge', once: async (caller) => () => caller.getchallenge() },
  {
    name: 'login by challenge',
    async once(caller) {
      const challenge = await caller.getchallenge();
      return () => caller.byChallenge('login', challenge);
    },
  },
  { name: 'login, password remembered', once: async (caller) => () => caller.plain('login') },
  {
    name: 'login by cookie',
    async once(caller) {
      const session = await caller.session();
      return () => caller.byCookie('login', session);
    },
  },
  { name: 'sessiongenerate', once: async (caller) => () => caller.session() },
  {
    name: 'sessionexpire, one id',
    async once(caller) {
      const expire = [idOf(await caller.session())];
      return () => caller.plain('sessionexpire', { expire });
    },
  },
  {
    name: 'sessionexpire, expireall',
    once: async (caller) => () => caller.plain('sessionexpire', { expireall: '1' }),
  },
];

/** Measures every method against DynamoDB Local, AWS's own emulator. */
export async function measureDynamodb(plan: Plan): Promise<DynamodbRow[]> {
  plan.say('DynamoDB: starting the emulator');
  const emulator = await startDynamodbLocal();
  try {
    const bench = await openBenchGateways(emulator.endpoint);
    const rows: DynamodbRow[] = [];
    for (const method of methods) {
      plan.say(`DynamoDB: ${method.name}`);
      rows.push(await measureMethod(plan, bench, method));
    }
    for (const client of [bench.timed.client, bench.metered.client, bench.bare]) client.destroy();
    return rows;
  } finally {
    emulator.stop();
  }
}

type BenchGateways = Awaited<ReturnType<typeof openBenchGateways>>;

/** The emulator keeps the data of each region apart, so the same commands meet the same tables twice. */
async function openBenchGateways(endpoint: string) {
  const keyring = generateKeyring();
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  const side = async (region: string) => {
    const client = createClient({ endpoint, region });
    const store = openDynamodb({ prefix: 'bench', endpoint, client });
    await store.prepare();
    const ports = createPorts(nodePlatform, store, keyring, { remember: 5 });
    const gateway = createGateway(ports, createSettings({ sessionRate: 'off' }));
    return { client, store, ports, caller: callerFor(gateway, 'bench' as Username) };
  };
  const timed = await side('us-east-1');
  const metered = await side('us-east-2');
  const replayed = await side('us-west-1');
  const parsed = parseAccountLine({ username: 'bench', password, fullname: 'Account of the Bench' });
  if (!parsed.ok) throw new Error(parsed.reason);
  const account = await createAccount(parsed.line, timed.ports, 1 as UserId);
  for (const { store } of [timed, metered, replayed]) await store.accounts.add(account);
  replayed.client.destroy();
  const bare = new DynamoDBClient({ endpoint, region: 'us-west-1', credentials });
  return { timed, metered, bare, meter: meter(metered.client) };
}

/** The same calls three times: metered, their commands kept; timed; and these commands from a bare SDK, timed. */
async function measureMethod(plan: Plan, bench: BenchGateways, method: Method): Promise<DynamodbRow> {
  const calls = plan.quick ? 20 : 50;
  const own: number[] = [];
  const sdk: number[] = [];
  let taken: Metered[] = [];
  for (let round = 0; round <= plan.rounds; round++) {
    taken = [];
    for (const call of await prepare(bench.metered.caller, method, calls)) {
      bench.meter.take();
      await call();
      taken.push(bench.meter.take());
    }
    const ownCpu = await processorTime(await prepare(bench.timed.caller, method, calls));
    const sdkCpu = await processorTime(
      taken.map(
        ({ commands }) =>
          () =>
            sendAgain(bench.bare, commands),
      ),
    );
    if (round === 0) continue;
    own.push(ownCpu / calls);
    sdk.push(sdkCpu / calls);
  }
  const typical = (count: (one: Metered) => number) => median(taken.map(count));
  return {
    method: method.name,
    requests: typical(({ commands }) => commands.length),
    rowsRead: typical(({ rowsRead }) => rowsRead),
    bytesSent: typical(({ bytesSent }) => bytesSent),
    bytesReceived: typical(({ bytesReceived }) => bytesReceived),
    readUnits: typical(({ readUnits }) => readUnits),
    writeUnits: typical(({ writeUnits }) => writeUnits),
    cpu: median(own),
    sdkCpu: median(sdk),
    above: summary(own.map((cpu, round) => cpu - (sdk[round] ?? Number.NaN))),
  };
}

async function prepare(caller: Caller, method: Method, calls: number) {
  const prepared: (() => Promise<unknown>)[] = [];
  for (let i = 0; i < calls; i++) prepared.push(await method.once(caller));
  return prepared;
}

/** Processor time of this process in ms; the emulator is another. */
async function processorTime(calls: readonly (() => Promise<unknown>)[]): Promise<number> {
  const before = process.cpuUsage();
  for (const call of calls) await call();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}
