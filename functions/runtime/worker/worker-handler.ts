/** The handler that the Workers runtime calls: for requests, and for the cron trigger. */
import { openOnce } from '../../../infra/open-once.ts';
import * as settings from '../../../infra/settings.ts';
import { readSettings } from '../../../infra/settings-reader.ts';
import { demoLogins } from '../../../infra/site/demo-accounts.ts';
import { apiContext } from '../../api/api-context.ts';
import { webPages } from '../../web/app.ts';
import { webContext } from '../../web/web-context.ts';
import { flatEndpoint } from '../../wire/flat/flat-endpoint.ts';
import { createHandler } from '../../wire/handle-request.ts';
import { logRequest, type RequestEntry } from '../../wire/request-log.ts';
import type { Handle } from '../../wire/wire-request.ts';
import { xmlrpcEndpoint } from '../../wire/xmlrpc/xmlrpc-endpoint.ts';
import { deferredGateway } from '../deferred-gateway.ts';
import { deferredRelay } from '../deferred-relay.ts';
import { optionalApi } from '../optional-api.ts';
import type { Environment, Execution } from './environment.ts';
import { FetchRequest, fetchResponse } from './fetch-request.ts';
import { limitedGateway } from './rate-limit.ts';
import type { WorkerComposition } from './worker-composition.ts';
import { logger } from './worker-log.ts';

/** Opens what a Worker needs. It must send nothing: in workerd, no request may wait for the I/O of another. */
export type OpenComposition = (environment: Environment) => Promise<WorkerComposition>;

/** The functions that the runtime calls. */
export interface WorkerHandler {
  fetch(request: Request, environment: Environment, execution: Execution): Promise<Response>;
  /** The cron trigger: deletes what has expired. */
  scheduled(event: unknown, environment: Environment, execution: Execution): Promise<void>;
}

/** Builds the handler. Nothing is opened before the first event; what failed to open is tried again. */
export function workerHandler(open: OpenComposition): WorkerHandler {
  const opened = openOnce(open);
  let handle: Handle | undefined;
  return {
    async fetch(request, environment, execution) {
      handle ??= workerApp(environment, () => opened(environment));
      const wire = new FetchRequest(request, {
        id: request.headers.get('CF-Ray') ?? crypto.randomUUID(),
        // Cloudflare sets this header, and overwrites one that the client sent.
        address: request.headers.get('CF-Connecting-IP') ?? undefined,
      });
      const reply = keptAlive(handle(wire)).then(fetchResponse);
      // Otherwise a client that disconnects ends its call before a refused password is counted.
      execution.waitUntil(reply);
      return reply;
    },
    async scheduled(_, environment) {
      const { store } = await opened(environment);
      await store.sweep(Date.now());
    },
  };
}

/**
 * Keeps the request alive while it waits for another request (a permit, or the hash queue). workerd ends a request
 * that has no timer or fetch of its own.
 */
async function keptAlive<T>(reply: Promise<T>): Promise<T> {
  const alive = setInterval(() => {}, 1000);
  try {
    return await reply;
  } finally {
    clearInterval(alive);
  }
}

function workerApp(environment: Environment, open: () => Promise<WorkerComposition>): Handle {
  const limited = limitedGateway(deferredGateway(open), environment.CALLS);
  const relay = deferredRelay(limited, open, environment);
  const common = {
    log: (entry: RequestEntry) => logRequest(logger, entry),
    logError: (error: unknown) => logger.error({ error }, 'request failed'),
  };
  return createHandler({
    ...common,
    ...optionalApi('workerApi', environment, {
      ...common,
      audit: logger,
      // Not the limited gateway: that would count the site's own address.
      open: async () => apiContext(await open()),
    }),
    endpoints: [flatEndpoint, xmlrpcEndpoint].map((openEndpoint) => openEndpoint(limited, relay)),
    pages: webPages({
      ...common,
      async open() {
        return webContext({ ...(await open()), gateway: limited });
      },
      async health() {
        const { ports } = await open();
        await ports.checkHealth();
      },
      upstream: async () => (await open()).upstream,
      publicKeys: async () => (await open()).publicKeys?.(),
      front() {
        const table = { console: settings.console, demo: settings.demo };
        const { console, demo } = readSettings('workerPages', table, environment);
        return { console, demo: demo ? demoLogins : [] };
      },
    }),
  });
}
