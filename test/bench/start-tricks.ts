/** Tricks of a packaged function's start: how long it takes to the first answer with each of them and without it. */

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { UserId } from '../../core/accounts/account.ts';
import { parseAccountLine } from '../../core/accounts/account-line.ts';
import { createAccount } from '../../core/accounts/create-account.ts';
import { createPorts } from '../../infra/compose.ts';
import { argon2Binaries } from '../../infra/deploy/package/native.ts';
import { nodePlatform } from '../../infra/node-platform.ts';
import { openSecretFile } from '../../infra/secrets/secret-file.ts';
import { createClient } from '../../infra/stores/dynamodb/client.ts';
import { openDynamodb } from '../../infra/stores/dynamodb/dynamodb-store.ts';
import { startDynamodbLocal } from '../support/dynamodb-local.ts';
import { lambdaClient } from '../support/lambda-client.ts';
import { startLambda } from '../support/lambda-runtime.ts';
import { callDocument } from '../support/wire.ts';
import type { Plan } from './plan.ts';
import { withoutArguments } from './processes.ts';
import { median, type Summary, summary } from './statistics.ts';

/** A trick, and what the first call takes. */
export interface StartTrickRow {
  readonly trick: string;
  /** `getchallenge` asks no store; `login` asks DynamoDB and hashes a password. */
  readonly call: string;
  /** Milliseconds from the start of the process to the answer. */
  readonly withIt: Summary;
  readonly without: Summary;
  /** Without it as a multiple of with it, round by round. */
  readonly gain: Summary;
}

/** What is left out, by the names that `without/replace-modules.ts` has for it. */
const tricks: Readonly<Record<string, string>> = {
  bundling: 'packages are in the bundle',
  minify: 'minified',
  modules: "packages' ES modules, not their CommonJS",
  replacements: 'all replaced modules',
  'node:http': "node:http without Node's fetch",
  'splitting,@aws-sdk/credential-provider-node,@smithy/core/event-streams':
    'what no start needs is apart or left out: the next three',
  splitting: 'what is needed later in a file of its own',
  '@aws-sdk/credential-provider-node': 'no search for credentials',
  '@smithy/core/event-streams': 'no event streams',
};

/** Starts the whole and each without one trick, in turn. */
export async function measureStartTricks(plan: Plan): Promise<StartTrickRow[]> {
  plan.say('start tricks: packaging');
  const client = await lambdaClient();
  const folder = await mkdtemp(join(tmpdir(), 'ljgate-bench-'));
  const emulator = await startDynamodbLocal();
  try {
    const binaries = await argon2Binaries();
    const binary = binaries.find(({ architecture }) => architecture === process.arch);
    if (!binary) throw new Error(`there is no argon2 for ${process.arch}`);
    const whole = await packageWithout('', folder, binary.bytes);
    const names = Object.keys(tricks).filter((name) => plan.wants(tricks[name] ?? name));
    const cut = [];
    for (const name of names) cut.push({ name, folder: await packageWithout(name, folder, binary.bytes) });
    const calls = await callsOn(emulator.endpoint, join(folder, 'root-secret.json'));

    const rows: StartTrickRow[] = [];
    for (const { call, event, variables } of calls) {
      const time = async (at: string) => {
        const began = performance.now();
        const running = await startLambda({ client, folder: at, handler: 'xmlrpc.handler', variables });
        const reply = await running.invoke(event);
        const took = performance.now() - began;
        await running.stop();
        if (!JSON.stringify(reply).includes('<params>')) throw new Error(`refused: ${JSON.stringify(reply)}`);
        return took;
      };
      const own: number[] = [];
      const without = cut.map((): number[] => []);
      for (let round = 0; round <= plan.starts; round++) {
        plan.say(`start tricks: ${call}, round ${round} of ${plan.starts}`);
        const times: number[] = [await time(whole)];
        for (const [i, one] of cut.entries()) {
          const took = await time(one.folder);
          if (round > 0) without[i]?.push(took);
          // The whole is what all are compared with: again after every few.
          if (i % 4 === 3) times.push(await time(whole));
        }
        if (round > 0) own.push(median(times));
      }
      for (const [i, { name }] of cut.entries()) {
        const took = without[i] ?? [];
        const gain = summary(took.map((ms, round) => ms / (own[round] ?? Number.NaN)));
        rows.push({ trick: tricks[name] ?? name, call, withIt: summary(own), without: summary(took), gain });
      }
    }
    return rows;
  } finally {
    emulator.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

/** The folder of a bundle that lacks a trick, or of the whole one. */
async function packageWithout(name: string, folder: string, argon2: Uint8Array): Promise<string> {
  const target = join(folder, `without-${name.replaceAll(/\W/g, '-')}`);
  await mkdir(target);
  const program = fileURLToPath(new URL('without/package-function.ts', import.meta.url));
  const child = spawn(process.execPath, [...withoutArguments, program, 'xmlrpc', target], {
    stdio: ['ignore', 'inherit', 'inherit'],
    env: {
      ...process.env,
      BENCH_WITHOUT: 'replace-modules.ts|replace-modules.ts',
      BENCH_BUNDLE_WITHOUT: name,
    },
  });
  const [code] = await once(child, 'exit');
  if (code !== 0) throw new Error(`no bundle without ${name}`);
  await writeFile(join(target, 'argon2.node'), argon2);
  if (name === 'bundling') {
    await symlink(
      fileURLToPath(new URL('../../node_modules', import.meta.url)),
      join(target, 'node_modules'),
    );
  }
  return target;
}

async function callsOn(endpoint: string, secret: string) {
  const keys = await openSecretFile(secret);
  const client = createClient({ endpoint, region: 'us-east-1' });
  const store = openDynamodb({ prefix: 'bench', endpoint, client });
  await store.prepare();
  const parsed = parseAccountLine({ username: 'bench', password: 'test' });
  if (!parsed.ok) throw new Error(parsed.reason);
  const ports = createPorts(nodePlatform, store, keys, { remember: 5 });
  await store.accounts.add(await createAccount(parsed.line, ports, 1 as UserId));
  client.destroy();
  const event = JSON.parse(await readFile(new URL('../data/events/http-api.json', import.meta.url), 'utf8'));
  const asking = (method: string, args?: Readonly<Record<string, string>>) => ({
    ...event,
    rawPath: '/interface/xmlrpc',
    body: callDocument(`LJ.XMLRPC.${method}`, args),
  });
  const variables = { LJGATE_STORE: `dynamodb:bench@${endpoint}`, LJGATE_SECRET: secret };
  return [
    { call: 'getchallenge', event: asking('getchallenge'), variables },
    { call: 'login', event: asking('login', { username: 'bench', password: 'test' }), variables },
  ];
}
