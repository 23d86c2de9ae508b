/**
 * What calls cost on AWS: each kind on the packaged functions, under AWS's own runtime client, with every request to
 * DynamoDB and Secrets Manager 5 ms farther away than the emulator.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { UserId } from '../../core/accounts/account.ts';
import { parseAccountLine } from '../../core/accounts/account-line.ts';
import { createAccount } from '../../core/accounts/create-account.ts';
import { createPorts } from '../../infra/compose.ts';
import { nodePlatform } from '../../infra/node-platform.ts';
import { parseKeyring } from '../../infra/secrets/keyring.ts';
import { openDynamodb } from '../../infra/stores/dynamodb/dynamodb-store.ts';
import { type Asked, type DelayedEndpoint, startDelayedEndpoint } from '../support/delayed-endpoint.ts';
import { startDynamodbLocal } from '../support/dynamodb-local.ts';
import { lambdaClient } from '../support/lambda-client.ts';
import { type LambdaFunction, startLambda } from '../support/lambda-runtime.ts';
import { startSecretsManager, unpackFunctions } from '../support/packaged.ts';
import { type Asking, type BilledCall, billedCalls, type CallingAccount } from './billed-calls.ts';
import { logOf, metricsOf, type NamedMetrics } from './billed-log.ts';
import type { Plan } from './plan.ts';
import { processorTime } from './processes.ts';
import { type RowSizes, rowSizes } from './row-sizes.ts';
import { median, type Summary, summary } from './statistics.ts';

/** What one kind of call costs, each number for one call. */
export interface BilledRow extends Asked {
  readonly call: string;
  /** From the event to the reply. */
  readonly ms: Summary;
  /** Processor time of the function in ms, all threads. */
  readonly cpu: number;
  /** What the function writes to its log: bytes, and lines. */
  readonly logBytes: number;
  readonly logLines: number;
}

/** What was found out. */
export interface Billed {
  /** Ms that each request to AWS was delayed. */
  readonly delay: number;
  readonly calls: readonly BilledRow[];
  /** From the start of a process to its first answer, the root secret fetched. */
  readonly start: { readonly ms: Summary; readonly cpu: number };
  readonly metrics: NamedMetrics;
  readonly rows: RowSizes;
}

const delay = 5;
const secretId = 'arn:aws:secretsmanager:us-east-1:123456789012:secret:ljgate-bench-root-AbCdEf';
const secret = JSON.stringify({ id: 'k1', secret: 'f9Rk2LmQx7ZbT4wYcN8sVhJ3pDgA6uEe5iKo1XyWqMz' });
const caller: CallingAccount = { username: 'bench', password: 'test', key: 'a secret of the bench' };

/** Measures each kind of call, over DynamoDB Local. */
export async function measureBilled(plan: Plan): Promise<Billed> {
  plan.say('billed calls: starting the emulator');
  const emulator = await startDynamodbLocal();
  try {
    return await measureOver(plan, emulator.endpoint);
  } finally {
    emulator.stop();
  }
}

async function measureOver(plan: Plan, emulator: string): Promise<Billed> {
  plan.say('billed calls: packaging');
  const client = await lambdaClient();
  const store = openDynamodb({ prefix: 'billed', endpoint: emulator });
  await store.prepare();
  await store.accounts.add(
    await accountOf(createPorts(nodePlatform, store, parseKeyring(secret), { remember: 5 })),
  );
  await using folders = await unpackFunctions();
  const secrets = await startSecretsManager({ [secretId]: secret });
  const tables = await startDelayedEndpoint(emulator, delay);
  const farSecrets = await startDelayedEndpoint(secrets.endpoint, delay);
  const start = (name: 'flat' | 'web', changed: Readonly<Record<string, string>> = {}) =>
    startLambda({
      client,
      folder: folders[name],
      handler: `${name}.handler`,
      variables: {
        LJGATE_STORE: 'dynamodb:billed',
        LJGATE_SECRET: `secretsmanager:${secretId}`,
        LJGATE_STAGE: 'bench',
        // It counts in memory alone, and would end the measurement.
        LJGATE_SESSION_RATE: 'off',
        AWS_ENDPOINT_URL_DYNAMODB: tables.endpoint,
        AWS_ENDPOINT_URL_SECRETS_MANAGER: farSecrets.endpoint,
        ...changed,
      },
    });
  try {
    const running = {
      flat: await start('flat'),
      forgetful: await start('flat', { LJGATE_REMEMBER: 'off' }),
      web: await start('web'),
    };
    const calls: BilledRow[] = [];
    for (const kind of billedCalls) {
      plan.say(`billed calls: ${kind.call}`);
      calls.push(await measureCall(kind, running, tables, plan.quick ? 10 : 100));
    }
    const metrics = metricsOf(Object.values(running).flatMap(({ log }) => log));
    for (const one of Object.values(running)) await one.stop();
    plan.say('billed calls: starts');
    const starts = await measureStarts(() => start('flat'), plan.starts);
    return { delay, calls, start: starts, metrics, rows: await rowSizes(emulator, 'billed') };
  } finally {
    for (const one of [secrets, tables, farSecrets]) one.close();
    await store.close();
  }
}

async function accountOf(ports: Parameters<typeof createAccount>[1]) {
  const { username, password, key } = caller;
  const parsed = parseAccountLine({
    username,
    password,
    fullname: 'Account of the Bench',
    clientkeys: [{ name: 'laptop', secret: key }],
  });
  if (!parsed.ok) throw new Error(parsed.reason);
  return createAccount(parsed.line, ports, 1 as UserId);
}

type Running = Readonly<Record<BilledCall['to'], LambdaFunction>>;

/** One call after another, as a function takes them. The first two warm up, and write what is written once an hour. */
async function measureCall(
  { call, to, event, proof }: BilledCall,
  running: Running,
  tables: DelayedEndpoint,
  count: number,
): Promise<BilledRow> {
  const ask: Asking = async (name, event) => replyText(await running[name].invoke(event));
  const warmUps = 2;
  const events: unknown[] = [];
  for (let n = 0; n < warmUps + count; n++) events.push(await event(ask, caller, n));
  for (const one of events.splice(0, warmUps)) await ask(to, one);
  const { log, process: child } = running[to];
  await logged();
  const before = log.length;
  const cpuBefore = processorTime(child.pid ?? 0);
  const times: number[] = [];
  const asked: Asked[] = [];
  for (const one of events) {
    tables.take();
    const began = performance.now();
    const reply = await ask(to, one);
    times.push(performance.now() - began);
    asked.push(tables.take());
    if (!proof.test(reply)) throw new Error(`${call}: the function answered ${reply}`);
  }
  const cpu = processorTime(child.pid ?? 0) - cpuBefore;
  await logged();
  const { bytes, lines } = logOf(log.slice(before));
  return {
    call,
    requests: median(asked.map(({ requests }) => requests)),
    rowsRead: median(asked.map(({ rowsRead }) => rowsRead)),
    rowsWritten: median(asked.map(({ rowsWritten }) => rowsWritten)),
    ms: summary(times),
    cpu: cpu / count,
    logBytes: Math.round(bytes / count),
    logLines: lines / count,
  };
}

/** Lines come through a pipe, a moment after the reply. */
const logged = () => sleep(100);

async function measureStarts(start: () => Promise<LambdaFunction>, count: number): Promise<Billed['start']> {
  const [first] = billedCalls;
  const times: number[] = [];
  const cpu: number[] = [];
  for (let n = 0; n < count; n++) {
    const event = await first?.event(async () => '', caller, n);
    const began = performance.now();
    const running = await start();
    await running.invoke(event);
    times.push(performance.now() - began);
    cpu.push(processorTime(running.process.pid ?? 0));
    await running.stop();
  }
  return { ms: summary(times), cpu: median(cpu) };
}

function replyText(reply: unknown): string {
  return typeof reply === 'object' && reply && 'body' in reply ? String(reply.body) : String(reply);
}
