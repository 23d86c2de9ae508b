/** What the Node server serves: both endpoints, the pages, and a health check, over one gateway. */
import type { Composition } from '../../../infra/compose.ts';
import type { AdministeredStore } from '../../../infra/stores/open-store.ts';
import { webPages } from '../../web/app.ts';
import { type DemoAccount, webContext } from '../../web/web-context.ts';
import { flatEndpoint } from '../../wire/flat/flat-endpoint.ts';
import { createHandler } from '../../wire/handle-request.ts';
import { createRelay } from '../../wire/relay/relay.ts';
import { type LineLogger, logRequest, type RequestEntry } from '../../wire/request-log.ts';
import type { Handle } from '../../wire/wire-request.ts';
import { xmlrpcEndpoint } from '../../wire/xmlrpc/xmlrpc-endpoint.ts';

/** What the app needs. */
export interface NodeAppOptions extends Composition<AdministeredStore> {
  readonly logger: LineLogger;
  readonly console: boolean;
  readonly demo: readonly DemoAccount[];
  readonly publicKeys: (() => Promise<string>) | undefined;
}

/** Builds the handler of the server's requests. */
export function nodeApp(options: NodeAppOptions): Handle {
  const { gateway, ports, store, logger, console, demo, upstream, publicKeys } = options;
  const relay = upstream && createRelay(gateway, upstream);
  const context = webContext(gateway, ports, store);
  const common = {
    log: (entry: RequestEntry) => logRequest(logger, entry),
    logError: (error: unknown) => logger.error({ error }, 'request failed'),
  };
  return createHandler({
    ...common,
    endpoints: [flatEndpoint(gateway, relay), xmlrpcEndpoint(gateway, relay)],
    pages: webPages({
      ...common,
      open: async () => context,
      health: ports.checkHealth,
      ...(upstream && { upstream: async () => upstream }),
      ...(publicKeys && { publicKeys }),
      front: () => ({ console, demo }),
    }),
  });
}
