/** The app as the Node server runs it: both doors, the socket's address, a log line a request. */
import type { IncomingMessage } from 'node:http';
import type { HttpBindings } from '@hono/node-server';
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
import { type DirectDoors, directDoors } from './direct.ts';
import { headerOf } from './header.ts';

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

/** What a Node server serves: any request by `app`, and most calls by the short way. */
export interface NodeApp {
  readonly app: Hono;
  readonly direct: DirectDoors;
}

/** Builds the app. */
export function nodeApp(options: NodeAppOptions): NodeApp {
  const { ports, settings, logger, trustedProxy, store } = options;
  const gateway = createGateway(ports, settings);
  const world = webWorld(gateway, ports, store);
  let requests = 0;
  const requestId = () => String(++requests);
  const shared = {
    doors: [flatDoor(gateway), xmlrpcDoor(gateway)],
    log: (entry: RequestEntry) => logRequest(logger, entry),
    logError: (error: unknown) => logger.error({ error }, 'request failed'),
  };
  const common = {
    ...shared,
    addressOf: (c: Context) => callerAddress(peerOf(incomingOf(c)), trustedProxy),
    requestIdOf: requestId,
  };
  const app = createApp({
    ...common,
    health: async () => {
      await ports.records.read({ account: 'healthz' as Username, sessions: [], refusals: [] });
    },
    pages: webPages({
      ...common,
      open: async () => world,
      schemeOf: (c) => callerScheme(peerOf(incomingOf(c)), trustedProxy),
      console: options.console,
      demo: options.demo,
    }),
  });
  const direct = directDoors({
    ...shared,
    addressOf: (incoming) => callerAddress(peerOf(incoming), trustedProxy),
    requestId,
  });
  return { app, direct };
}

/** The server's adapter hands Node's own request along with the Web's. */
function incomingOf(c: Context<{ Bindings: HttpBindings }>): IncomingMessage {
  return c.env.incoming;
}

function peerOf(incoming: IncomingMessage) {
  return {
    address: incoming.socket.remoteAddress,
    forwardedFor: headerOf(incoming, 'x-forwarded-for'),
    forwardedProto: headerOf(incoming, 'x-forwarded-proto'),
  };
}
