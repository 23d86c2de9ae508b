/** `ljgate serve`: opens the store, starts the Node server, and ends in order on a signal. */
import { availableParallelism } from 'node:os';
import { type BanRules, defaultBans } from '../../core/bans.ts';
import { hashInBackground } from '../../infra/passwords/background.ts';
import { generateKeyring } from '../../infra/secrets/keyring.ts';
import type { Keys } from '../../infra/secrets/keys.ts';
import type { SecretSpec } from '../../infra/secrets/spec.ts';
import { demoLogins, seedDemo } from '../../infra/site/demo.ts';
import { openStore } from '../../infra/store/open.ts';
import type { OpenStore } from '../../infra/store/open-store.ts';
import { createPorts, createSettings } from '../../infra/world.ts';
import type { LineLogger } from '../http/log.ts';
import { nodeApp } from '../node/app.ts';
import { createLogger } from '../node/logger.ts';
import { type RunningServer, startServer } from '../node/server.ts';
import { countWorkers, isFirst, isSupervisor, superviseWorkers } from '../node/workers.ts';
import { announce } from './announce.ts';
import type { ServeOptions } from './options.ts';
import { liveKeys, secretPlace } from './places.ts';
import { UsageError } from './usage.ts';

/** Milliseconds that calls in flight get at shutdown. */
const grace = 10_000;

/** Milliseconds between two sweeps of what has run out; only tidiness depends on it. */
const sweepInterval = 10 * 60_000;

/** Serves until a signal ends it. */
export async function serve(options: ServeOptions): Promise<void> {
  refuseD1(options);
  refuseDemoInTheCloud(options);
  refuseToShareMemory(options);
  if (isSupervisor(options.workers)) {
    superviseWorkers(countWorkers(options.workers), createLogger(options.log));
    return;
  }
  const settings = await given('--site', () => createSettings(bansOf(options), options.site));
  const logger = createLogger(options.log);
  const place = await given('--secret', () => secretPlace(options.secret, options.store));
  const keys = await given('--secret', () => openKeys(place, logger));
  const store = await openStore(options.store);
  const ports = createPorts(store, keys, options.remember, hashesAtOnce(options));
  if (options.demo) {
    await store.prepare();
    await seedDemo(store, ports);
  }
  const app = nodeApp({
    ports,
    settings,
    logger,
    trustedProxy: options.trustProxy,
    store,
    console: options.console,
    demo: options.demo ? demoLogins : [],
  });
  await hashInBackground();
  const server = await startServer(app, options).catch((cause: Error) => {
    const advice = 'code' in cause && cause.code === 'EADDRINUSE' ? '; --port 0 picks a free port' : '';
    throw new Error(`cannot listen on ${options.host}:${options.port}: ${cause.message}${advice}`, { cause });
  });
  if (isFirst())
    announce(logger, options, { url: server.url, store: store.description, secretFile: nameOf(place) });
  const sweeping = setInterval(() => {
    store.sweep(Date.now()).catch((error: unknown) => logger.warn({ error }, 'sweep failed'));
  }, sweepInterval);
  sweeping.unref();
  endOnSignal(server, store);
}

/** Every request would be a process of wrangler's. */
function refuseD1({ store }: ServeOptions): void {
  if (store.kind === 'd1') {
    throw new UsageError('--store d1: is for managing a database; a Worker serves from it: wrangler dev');
  }
}

/** Demo passwords are public: they must not reach a table that the internet logs in to. */
function refuseDemoInTheCloud({ demo, store }: ServeOptions): void {
  if (demo && store.kind === 'dynamodb' && store.endpoint === undefined) {
    throw new UsageError('--demo adds accounts with public passwords, so it refuses DynamoDB in the cloud');
  }
}

/** Each process would have accounts and sessions of its own. */
function refuseToShareMemory({ workers, store }: ServeOptions): void {
  if (store.kind === 'memory' && countWorkers(workers) > 1) {
    throw new UsageError('--workers wants a store that processes can share, and memory is none');
  }
}

/** Several processes share the cores; one alone knows by itself how many there are. */
function hashesAtOnce({ workers }: ServeOptions): number | undefined {
  const count = countWorkers(workers);
  return count > 1 ? Math.max(1, Math.floor(availableParallelism() / count)) : undefined;
}

/** `--login-ban off` means no bans at all, unless the sweep has a rule of its own. */
function bansOf({ loginBan, sweepBan }: ServeOptions): BanRules {
  return { pair: loginBan, sweep: sweepBan ?? (loginBan === 'off' ? 'off' : defaultBans.sweep) };
}

/** Blames the flag that named a file for what is wrong with the file. */
async function given<T>(flag: string, read: () => T | Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (cause) {
    throw new UsageError(`${flag}: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
  }
}

/** A secret that changes under a running server holds from the next second on. */
async function openKeys(place: SecretSpec | undefined, logger: LineLogger): Promise<Keys> {
  if (!place) return generateKeyring();
  return liveKeys(place, (err) => logger.warn({ err }, 'the secret could not be read again'));
}

function nameOf(place: SecretSpec | undefined): string | undefined {
  return place?.kind === 'secretsmanager' ? `secretsmanager:${place.id}` : place?.path;
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
