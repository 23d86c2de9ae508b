/** `ljgate serve`: opens the store, starts the Node server, and ends in order on a signal. */
import { dirname, join } from 'node:path';
import { type BanRules, defaultBans } from '../../core/bans.ts';
import { openSecretFile } from '../../infra/secrets/file.ts';
import { generateKeyring, type Keyring } from '../../infra/secrets/keyring.ts';
import { seedDemo } from '../../infra/site/demo.ts';
import { openStore } from '../../infra/store/open.ts';
import type { OpenStore } from '../../infra/store/open-store.ts';
import type { StoreSpec } from '../../infra/store/spec.ts';
import { createPorts, createSettings } from '../../infra/world.ts';
import { nodeApp } from '../node/app.ts';
import { createLogger } from '../node/logger.ts';
import { type RunningServer, startServer } from '../node/server.ts';
import { announce } from './announce.ts';
import type { ServeOptions } from './options.ts';

/** Milliseconds that calls in flight get at shutdown. */
const grace = 10_000;

/** Milliseconds between two sweeps of what has run out; only tidiness depends on it. */
const sweepInterval = 10 * 60_000;

/** Used wrongly: exit code 2. */
export class UsageError extends Error {}

/** Serves until a signal ends it. */
export async function serve(options: ServeOptions): Promise<void> {
  refuseDemoInTheCloud(options);
  const settings = await given('--site', () => createSettings(bansOf(options), options.site));
  const secretFile = options.secret ?? secretBeside(options.store);
  const keyring = await given('--secret', () => openKeyring(secretFile));
  const store = await openStore(options.store);
  const ports = createPorts(store, keyring, options.remember);
  if (options.demo) {
    await store.prepare();
    await seedDemo(store, ports);
  }
  const logger = createLogger(options.log);
  const app = nodeApp({ ports, settings, logger, trustedProxy: options.trustProxy });
  const server = await startServer(app, options).catch((cause: Error) => {
    const advice = 'code' in cause && cause.code === 'EADDRINUSE' ? '; --port 0 picks a free port' : '';
    throw new Error(`cannot listen on ${options.host}:${options.port}: ${cause.message}${advice}`, { cause });
  });
  announce(logger, options, { url: server.url, store: store.description, secretFile });
  const sweeping = setInterval(() => {
    store.sweep(Date.now()).catch((error: unknown) => logger.warn({ error }, 'sweep failed'));
  }, sweepInterval);
  sweeping.unref();
  endOnSignal(server, store);
}

/** Demo passwords are public: they must not reach a table that the internet logs in to. */
function refuseDemoInTheCloud({ demo, store }: ServeOptions): void {
  if (demo && store.kind === 'dynamodb' && store.endpoint === undefined) {
    throw new UsageError('--demo adds accounts with public passwords, so it refuses DynamoDB in the cloud');
  }
}

/** `--login-ban off` means no bans at all, unless the sweep has a rule of its own. */
function bansOf({ loginBan, sweepBan }: ServeOptions): BanRules {
  return { pair: loginBan, sweep: sweepBan ?? (loginBan === 'off' ? 'off' : defaultBans.sweep) };
}

function secretBeside(store: StoreSpec): string | undefined {
  switch (store.kind) {
    case 'sqlite':
      return join(dirname(store.path), 'root-secret.json');
    case 'dynamodb':
      return join('data', 'root-secret.json');
    case 'memory':
      return undefined;
  }
}

/** Blames the flag that named a file for what is wrong with the file. */
async function given<T>(flag: string, read: () => T | Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (cause) {
    throw new UsageError(`${flag}: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
  }
}

async function openKeyring(file: string | undefined): Promise<Keyring> {
  return file === undefined ? generateKeyring() : openSecretFile(file, { create: true });
}

function endOnSignal(server: RunningServer, store: OpenStore): void {
  let ending = false;
  const end = async () => {
    if (ending) process.exit(1);
    ending = true;
    await server.close(grace);
    await store.close();
    process.exit(0);
  };
  process.on('SIGTERM', end);
  process.on('SIGINT', end);
}
