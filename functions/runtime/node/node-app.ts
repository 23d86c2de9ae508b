/** What the Node server serves: both endpoints, the pages, and a health check, over one gateway. */
import type { Composition } from '../../../infra/compose.ts';
import type { AdministeredStore } from '../../../infra/stores/open-store.ts';
import { createApi } from '../../api/api-app.ts';
import { apiContext } from '../../api/api-context.ts';
import { webPages } from '../../web/app.ts';
import { type DemoAccount, webContext } from '../../web/web-context.ts';
import { flatEndpoint } from '../../wire/flat/flat-endpoint.ts';
import { createHandler } from '../../wire/handle-request.ts';
import { createRelay } from '../../wire/relay/relay.ts';
import { type LineLogger, logRequest, type RequestEntry, type RequestLog } from '../../wire/request-log.ts';
import type { Handle } from '../../wire/wire-request.ts';
import { xmlrpcEndpoint } from '../../wire/xmlrpc/xmlrpc-endpoint.ts';

/** What the app needs. */
export interface NodeAppOptions extends Composition<AdministeredStore> {
  readonly logger: LineLogger;
  /** Observes each request, for metrics. */
  readonly onRequest?: RequestLog | undefined;
  readonly console: boolean;
  readonly demo: readonly DemoAccount[];
  readonly publicKeys: (() => Promise<string>) | undefined;
  /** Whether the interface for sites is on this port, too. */
  readonly hasApi: boolean;
}

type ApiAppOptions = Composition<AdministeredStore> & Pick<NodeAppOptions, 'logger' | 'onRequest'>;

/** Builds the handler of the interface for sites, where that listens by itself. */
export function apiApp(options: ApiAppOptions): Handle {
  const common = reports(options);
  return createHandler({ ...common, endpoints: [], api: nodeApi(options) });
}

/** Builds what answers requests for the interface for sites. */
function nodeApi(options: ApiAppOptions) {
  const context = apiContext(options);
  return createApi({ ...reports(options), audit: options.logger, open: async () => context });
}

function reports({ logger, onRequest }: Pick<NodeAppOptions, 'logger' | 'onRequest'>) {
  return {
    log(entry: RequestEntry) {
      logRequest(logger, entry);
      onRequest?.(entry);
    },
    logError: (error: unknown) => logger.error({ error }, 'request failed'),
  };
}

/** Builds the handler of the server's requests. */
export function nodeApp(options: NodeAppOptions): Handle {
  const { gateway, ports, console, demo, upstream, publicKeys, hasApi } = options;
  const relay = upstream && createRelay(gateway, upstream);
  const context = webContext(options);
  const common = reports(options);
  return createHandler({
    ...common,
    ...(hasApi && { api: nodeApi(options) }),
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
