/** `ljgate serve`: opens the store, starts the Node server, and ends in order on a signal. */
import { StoreUnavailable } from '../../core/failures.ts';
import { compose, createSettings } from '../../infra/compose.ts';
import { nodePlatform } from '../../infra/node-platform.ts';
import { explainError } from '../../infra/operations/explain-error.ts';
import { neededSecrets } from '../../infra/operations/secret-usage.ts';
import { generateKeyring } from '../../infra/secrets/keyring.ts';
import type { Keys } from '../../infra/secrets/secret-keys.ts';
import type { SecretUri } from '../../infra/secrets/secret-uri.ts';
import { demoLogins, seedDemo } from '../../infra/site/demo-accounts.ts';
import { refusePublicSuffix } from '../../infra/site/public-suffix.ts';
import { readSiteFile } from '../../infra/site/site-file.ts';
import { openStore } from '../../infra/stores/open-by-uri.ts';
import type { OpenStore } from '../../infra/stores/open-store.ts';
import { createLogger } from '../runtime/node/logger.ts';
import { apiApp, nodeApp } from '../runtime/node/node-app.ts';
import { type ListenOptions, type RunningServer, startServer } from '../runtime/node/server.ts';
import { publicKeys } from '../runtime/public-keys.ts';
import { siteBehind } from '../runtime/site-behind.ts';
import { nodeUpstream } from '../runtime/upstream-platform.ts';
import type { LineLogger } from '../wire/request-log.ts';
import { announce } from './announce.ts';
import { apiUrl, startApi } from './api-server.ts';
import { checkConfig } from './check-config.ts';
import { requireFolder, requirePrivateFiles } from './data-files.ts';
import { listenError } from './listen-error.ts';
import { startMetrics } from './metrics-server.ts';
import { keysFor, secretLocation } from './secret-location.ts';
import { refuseCombinations } from './serve-refusals.ts';
import { followSignals } from './server-signals.ts';
import type { ServeOptions } from './setting-options.ts';
import { blame } from './usage-error.ts';

/** EX_TEMPFAIL: a service manager is to start the process again. */
const exitForRestart = 75;

/** Milliseconds that calls in flight get once the store failed: all of them are refused. */
const failedGrace = 1000;

/** Milliseconds between two sweeps, which delete what has expired. No answer depends on them. */
const sweepInterval = 10 * 60_000;

/** Serves until a signal ends it. */
export async function serve(options: ServeOptions & { readonly checkConfig?: boolean }): Promise<void> {
  refuseCombinations(options);
  requireFolder(options.store);
  if (options.checkConfig) return checkConfig(options);
  const site = await blame('--site', () => (options.site === undefined ? {} : readSiteFile(options.site)));
  await blame('--site', () => refusePublicSuffix(site));
  const logger = await blame('--log-file', () => createLogger(options.log, options.logFile));
  const location = secretLocation(options.secret, options.store);
  for (const warning of requirePrivateFiles(options.store, location)) logger.warn({}, warning);
  const metrics =
    options.metrics.kind === 'off'
      ? undefined
      : (await import('../runtime/node/metrics.ts')).createMetrics(options.store);
  const store = await openStore(options.store, metrics?.store);
  if (options.demo) await store.prepare();
  const keys = await openKeys(location, store, logger);
  const composition = compose(nodePlatform, store, keys, {
    remember: options.remember,
    onQueue: metrics?.hashQueue,
    onCheck: metrics?.passwordChecked,
    settings: createSettings(options, site),
    data: site,
    site: await siteBehind(options, nodeUpstream, (error) => logger.warn({ error }, 'the site behind')),
  });
  if (options.demo) await seedDemo(store, composition.ports);
  const accounts = await countAccounts(store);
  const handle = nodeApp({
    ...composition,
    logger,
    onRequest: metrics?.request,
    console: options.console,
    publicKeys: publicKeys(options, keys),
    demo: options.demo ? demoLogins : [],
    hasApi: options.api.kind === 'same',
  });
  const listening: ListenOptions = {
    ...options,
    onUnreadableAddress: (header) =>
      logger.warn({ header }, 'X-Forwarded-For names no address: who is behind it cannot be told apart'),
  };
  const server = await startServer(handle, listening).catch((cause: Error) => {
    throw listenError('--port', `${options.host}:${options.port}`, cause);
  });
  const apiServer = await startApi(options.api, listening, () =>
    apiApp({ ...composition, logger, onRequest: metrics?.request }),
  );
  if (composition.upstream) metrics?.watchUpstream(composition.upstream);
  const metricsServer = await startMetrics(options.metrics, listening, metrics);
  const servers = [server, apiServer, metricsServer].filter((running) => running !== undefined);
  // Before it is announced: who reads that may signal at once.
  followSignals({ servers, store, keys, logger }, options);
  const api = apiUrl(options.api, server, apiServer);
  announce(logger, options, {
    url: server.url,
    store: store.description,
    secretFile: nameOf(location),
    ...(api && { api }),
    ...(metricsServer && { metrics: `${metricsServer.url}/metrics` }),
    ...(accounts !== undefined && { accounts }),
  });
  const sweeping = setInterval(() => {
    store.sweep(Date.now()).catch((error: unknown) => logger.warn({ error }, 'sweep failed'));
  }, sweepInterval);
  sweeping.unref();
  store.failed?.then((error) => endFailed(servers, logger, error));
}

/**
 * Opens the root secret. The server follows its changes, and starts without knowing which secrets the store
 * needs where the store does not answer: calls are then refused until it does.
 * @throws {Error} with what is wrong with the store or the secret, and what to do
 */
async function openKeys(
  location: SecretUri | undefined,
  store: OpenStore,
  logger: LineLogger,
): Promise<Keys> {
  if (!location) return generateKeyring();
  try {
    const needed = await neededSecrets(store).catch((error: unknown) => {
      if (!(error instanceof StoreUnavailable))
        throw new Error(explainError(error, store.description), { cause: error });
      logger.warn({ error }, 'the store cannot be asked which secrets it needs');
      return undefined;
    });
    const needs = { store: store.description, needed };
    return await keysFor(location, needs, (error) =>
      logger.error({ error }, 'the root secret is not as it should be'),
    );
  } catch (error) {
    await store.close();
    throw error;
  }
}

/** Accounts that are counted at most: the number only shows that the store is not a new one. */
const mostCounted = 1000;

/** How many accounts there are; `undefined` when the store does not say. */
async function countAccounts(store: OpenStore): Promise<number | undefined> {
  return store.admin.accounts.count(mostCounted).catch(() => undefined);
}

function nameOf(location: SecretUri | undefined): string | undefined {
  return location?.kind === 'secretsmanager' ? `secretsmanager:${location.id}` : location?.path;
}

/** Ends the process for a restart: the next one reads from the disk what was not lost. */
async function endFailed(servers: readonly RunningServer[], logger: LineLogger, error: Error): Promise<void> {
  logger.error({ error }, 'the store failed; this process ends, to start anew from what is on the disk');
  await Promise.all(servers.map((server) => server.close(failedGrace)));
  process.exit(exitForRestart);
}
