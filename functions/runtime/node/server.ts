/** The Node server: sockets, time-outs and graceful shutdown for a request handler. */
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { TrustedProxies } from '../../../infra/parse-address.ts';
import { bodyLimit } from '../../wire/routes.ts';
import type { Handle, WireRequest } from '../../wire/wire-request.ts';
import { answerBadRequests } from './bad-requests.ts';
import { NodeRequest, send } from './node-request.ts';
import { requestBatches } from './request-batching.ts';

/** A server that listens. */
export interface RunningServer {
  /** Where it listens, for example `http://127.0.0.1:8080`. */
  readonly url: string;
  /** Accepts no more connections, lets running calls finish for up to `grace` ms, then ends them. */
  close(grace: number): Promise<void>;
}

/** Where to listen, and which proxies to trust. */
export interface ListenOptions {
  readonly host: string;
  /** 0 picks a free one. */
  readonly port: number;
  /** In place of host and port: a Unix socket's path. */
  readonly path?: string;
  /** Proxies whose `X-Forwarded-For` is believed. */
  readonly trustProxy?: TrustedProxies | undefined;
  /** Connections at once; more are closed as they come. */
  readonly maxConnections?: number;
  /** Seconds after which a client is disconnected that takes nothing of its reply; default: 30. */
  readonly writeTimeout?: number;
  /** Called once, for the first caller whose address cannot be read. */
  readonly onUnreadableAddress?: (header: string) => void;
}

/**
 * Time-outs in ms: a whole request is at most 256 KiB, so a client that takes longer is broken or
 * hostile, and keep-alive connections cost memory.
 */
const timeouts = {
  headersTimeout: 10_000,
  requestTimeout: 20_000,
  keepAliveTimeout: 15_000,
  // By default Node checks every 30 seconds, so that a client could take 50 seconds for its request.
  connectionsCheckingInterval: 2_000,
};

/**
 * Requests on one connection that wait for their answers. Clients and proxies send one after another; one that sends
 * thousands ahead would fill the memory and hold up all others, because Node parses what it can read.
 */
const mostAhead = 256;

/** A connection, with the number of its requests that wait for their answers. */
type Connection = Socket & { waiting?: number };

/** Starts to listen. Rejects with the system's error when the address is taken or not ours. */
export async function startServer(
  handle: Handle,
  { host, port, path, trustProxy, maxConnections, writeTimeout = 30, onUnreadableAddress }: ListenOptions,
): Promise<RunningServer> {
  const join = requestBatches();
  let requests = 0;
  let reported = false;
  const onUnreadable = (header: string) => {
    if (!reported) onUnreadableAddress?.(header);
    reported = true;
  };
  const listener: RequestListener = async (incoming, outgoing) => {
    const connection: Connection = incoming.socket;
    const waiting = (connection.waiting ?? 0) + 1;
    connection.waiting = waiting;
    if (waiting > mostAhead) connection.destroy();
    if (connection.destroyed) return;
    outgoing.once('close', () => {
      connection.waiting = (connection.waiting ?? 1) - 1;
    });
    const options = { id: String(++requests), trustedProxies: trustProxy, join, onUnreadable };
    await send(incoming, outgoing, await handle(new NodeRequest(incoming, options)), writeTimeout);
  };
  const server = createServer({ ...timeouts, maxHeaderSize: 16 * 1024 }, listener);
  if (maxConnections !== undefined) server.maxConnections = maxConnections;
  const answerBareLf = (build: (id: string) => WireRequest) => handle(build(String(++requests)));
  answerBadRequests(server, trustProxy === undefined ? answerBareLf : undefined);
  server.on('checkContinue', (incoming, outgoing) => {
    // A client that sends `Expect: 100-continue` need not send a body that would not be read.
    if (!(Number(incoming.headers['content-length']) > bodyLimit)) outgoing.writeContinue();
    listener(incoming, outgoing);
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    if (path === undefined) server.listen(port, host, resolve);
    else server.listen(path, resolve);
  });
  return {
    url: urlOf(server.address()),
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

function urlOf(listening: AddressInfo | string | null): string {
  if (typeof listening === 'string' || listening === null) return `unix:${listening}`;
  const { address, family, port } = listening;
  return `http://${family === 'IPv6' ? `[${address}]` : address}:${port}`;
}
