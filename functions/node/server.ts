/** The Node server: sockets, time-outs and an orderly end, around the app. */
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { getRequestListener } from '@hono/node-server';
import { bodyLimit } from '../http/body.ts';
import type { NodeApp } from './app.ts';
import { answerBadRequests } from './client-error.ts';

/** A server that listens. */
export interface RunningServer {
  /** Where it listens, for example `http://127.0.0.1:8080`. */
  readonly url: string;
  /** Takes no more connections, lets calls in flight finish for up to `grace` ms, then ends them. */
  close(grace: number): Promise<void>;
}

/** Where to listen; port 0 picks a free one. */
export interface ListenOptions {
  readonly host: string;
  readonly port: number;
}

/**
 * Time-outs in ms: a whole request is at most 256 KiB, so a client that takes longer is broken or
 * hostile, and keep-alive connections cost memory.
 */
const timeouts = {
  headersTimeout: 10_000,
  requestTimeout: 20_000,
  keepAliveTimeout: 15_000,
  // Node looks every 30 seconds, which would let a client have 50 for its request.
  connectionsCheckingInterval: 2_000,
};

/** Starts to listen. Rejects with the system's error when the address is taken or not ours. */
export async function startServer(
  { app, direct }: NodeApp,
  { host, port }: ListenOptions,
): Promise<RunningServer> {
  const answer = getRequestListener(app.fetch, { hostname: 'localhost' });
  const listener: RequestListener = (request, response) => {
    if (direct(request, response)) return undefined;
    request.headers.host = hostOf(request.headers.host);
    return answer(request, response);
  };
  const server = createServer({ ...timeouts, maxHeaderSize: 16 * 1024 }, listener);
  answerBadRequests(server);
  server.on('checkContinue', (request, response) => {
    // A client that asks first is spared sending what would not be read.
    if (!(Number(request.headers['content-length']) > bodyLimit)) response.writeContinue();
    listener(request, response);
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  });
  return {
    url: urlOf(server.address() as AddressInfo),
    close: (grace) =>
      new Promise((resolve) => {
        const deadline = setTimeout(() => server.closeAllConnections(), grace);
        server.close(() => {
          clearTimeout(deadline);
          resolve();
        });
        server.closeIdleConnections();
      }),
  };
}

/**
 * A host that a URL can hold. HTTP/1.0 clients may send none, and some send one that is none; no answer
 * depends on it.
 */
function hostOf(header: string | undefined): string {
  const text = `http://${header ?? ''}`;
  if (!URL.canParse(text)) return 'localhost';
  const { href, host } = new URL(text);
  return href === `http://${host}/` ? host : 'localhost';
}

function urlOf({ address, family, port }: AddressInfo): string {
  return `http://${family === 'IPv6' ? `[${address}]` : address}:${port}`;
}
