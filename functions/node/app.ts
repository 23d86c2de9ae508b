/** The app as the Node server runs it: both doors, the socket's address, a log line a request. */
import { getConnInfo } from '@hono/node-server/conninfo';
import type { Context, Hono } from 'hono';
import { createGateway } from '../../core/gateway.ts';
import type { Ports } from '../../core/ports.ts';
import type { Settings } from '../../core/settings.ts';
import type { Username } from '../../core/username.ts';
import { flatDoor } from '../adapters/flat/door.ts';
import { xmlrpcDoor } from '../adapters/xmlrpc.ts';
import { callerAddress } from '../http/address.ts';
import { createApp } from '../http/app.ts';
import { type LineLogger, logRequest } from '../http/log.ts';

/** What the Node app is made of. */
export interface NodeAppOptions {
  readonly ports: Ports;
  readonly settings: Settings;
  readonly logger: LineLogger;
  readonly trustedProxy: string | undefined;
}

/** Builds the app. */
export function nodeApp({ ports, settings, logger, trustedProxy }: NodeAppOptions): Hono {
  const gateway = createGateway(ports, settings);
  let requests = 0;
  return createApp({
    doors: [flatDoor(gateway), xmlrpcDoor(gateway)],
    log: (entry) => logRequest(logger, entry),
    logError: (error) => logger.error({ error }, 'request failed'),
    addressOf: (c) => callerAddress(peerOf(c), trustedProxy),
    requestIdOf: () => String(++requests),
    health: async () => {
      await ports.records.read({ account: 'healthz' as Username, sessions: [], refusals: [] });
    },
  });
}

function peerOf(c: Context) {
  return { address: getConnInfo(c).remote.address, forwardedFor: c.req.header('X-Forwarded-For') };
}
