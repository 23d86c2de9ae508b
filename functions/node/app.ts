/** The app as the Node server runs it: both doors, the socket's address, a log line a request. */
import { getConnInfo } from '@hono/node-server/conninfo';
import type { Context, Hono } from 'hono';
import { createGateway } from '../../core/gateway.ts';
import type { Ports } from '../../core/ports.ts';
import type { Settings } from '../../core/settings.ts';
import type { Username } from '../../core/username.ts';
import type { OpenStore } from '../../infra/store/open-store.ts';
import { flatDoor } from '../adapters/flat/door.ts';
import { xmlrpcDoor } from '../adapters/xmlrpc.ts';
import { callerAddress, callerScheme } from '../http/address.ts';
import { createApp } from '../http/app.ts';
import { type LineLogger, logRequest, type RequestEntry } from '../http/log.ts';
import { webPages } from '../web/pages.ts';
import { type DemoAccount, webWorld } from '../web/world.ts';

/** What the Node app is made of. */
export interface NodeAppOptions {
  readonly ports: Ports;
  readonly settings: Settings;
  readonly logger: LineLogger;
  readonly trustedProxy: string | undefined;
  /** The store under the ports: account holders see their sessions and keys. */
  readonly store: OpenStore;
  readonly console: boolean;
  readonly demo: readonly DemoAccount[];
}

/** Builds the app. */
export function nodeApp(options: NodeAppOptions): Hono {
  const { ports, settings, logger, trustedProxy, store } = options;
  const gateway = createGateway(ports, settings);
  const world = webWorld(gateway, ports, store);
  let requests = 0;
  const common = {
    log: (entry: RequestEntry) => logRequest(logger, entry),
    logError: (error: unknown) => logger.error({ error }, 'request failed'),
    addressOf: (c: Context) => callerAddress(peerOf(c), trustedProxy),
    requestIdOf: () => String(++requests),
  };
  return createApp({
    ...common,
    doors: [flatDoor(gateway), xmlrpcDoor(gateway)],
    health: async () => {
      await ports.records.read({ account: 'healthz' as Username, sessions: [], refusals: [] });
    },
    pages: webPages({
      ...common,
      open: async () => world,
      schemeOf: (c) => callerScheme(peerOf(c), trustedProxy),
      console: options.console,
      demo: options.demo,
    }),
  });
}

function peerOf(c: Context) {
  return {
    address: getConnInfo(c).remote.address,
    forwardedFor: c.req.header('X-Forwarded-For'),
    forwardedProto: c.req.header('X-Forwarded-Proto'),
  };
}
