/** Converts the requests and responses of Node's HTTP server. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { TrustedProxies } from '../../../infra/parse-address.ts';
import {
  type BodyLimit,
  lengthCheck,
  type NoBody,
  type WireRequest,
  type WireResponse,
} from '../../wire/wire-request.ts';
import { callerAddress, callerScheme } from '../caller-address.ts';
import type { JoinBatch } from './request-batching.ts';

/** What the server adds to a request. */
export interface NodeRequestOptions {
  readonly id: string;
  /** Peers whose `X-Forwarded-For` and `X-Forwarded-Proto` are believed. */
  readonly trustedProxies: TrustedProxies | undefined;
  /** Called when such a peer sends an `X-Forwarded-For` without a readable address. */
  onUnreadable(header: string): void;
  /** Resolves when the request's batch is to be answered. */
  readonly join: JoinBatch;
}

/** A request. */
export class NodeRequest implements WireRequest {
  readonly #incoming: IncomingMessage;
  readonly #options: NodeRequestOptions;

  constructor(incoming: IncomingMessage, options: NodeRequestOptions) {
    this.#incoming = incoming;
    this.#options = options;
  }

  get method(): string {
    return this.#incoming.method ?? '';
  }

  get target(): string {
    return this.#incoming.url ?? '';
  }

  get id(): string {
    return this.#options.id;
  }

  get address(): string | undefined {
    const peer = {
      address: this.#incoming.socket.remoteAddress,
      forwardedFor: this.header('x-forwarded-for'),
    };
    const address = callerAddress(peer, this.#options.trustedProxies);
    if (address === undefined && peer.forwardedFor !== undefined)
      this.#options.onUnreadable(peer.forwardedFor);
    return address;
  }

  get scheme(): 'http' | 'https' {
    const peer = {
      address: this.#incoming.socket.remoteAddress,
      forwardedProto: this.header('x-forwarded-proto'),
    };
    return callerScheme(peer, this.#options.trustedProxies);
  }

  header(name: string): string | undefined {
    const value = this.#incoming.headers[name];
    return typeof value === 'string' ? value : value?.join(', ');
  }

  *headers(): Iterable<readonly [string, string]> {
    for (const name of Object.keys(this.#incoming.headers)) yield [name, this.header(name) ?? ''];
  }

  readonly largestReply = Number.POSITIVE_INFINITY;

  async body(limit: number | BodyLimit): Promise<Uint8Array | NoBody> {
    const body = await readBody(this.#incoming, limit);
    await this.#options.join();
    return body;
  }
}

/**
 * Refuses a `Content-Length` over the limit without reading, and a chunked body at the first byte over it. Node's
 * parser never passes on more bytes than `Content-Length` says.
 */
function readBody(incoming: IncomingMessage, limit: number | BodyLimit): Promise<Uint8Array | NoBody> {
  const check = lengthCheck(limit);
  const refused = check(Number(incoming.headers['content-length'] ?? 0));
  if (refused) return Promise.resolve(refused);
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let length = 0;
    const take = (chunk: Buffer) => {
      length += chunk.length;
      const why = check(length);
      if (!why) {
        chunks.push(chunk);
        return;
      }
      incoming.off('data', take);
      resolve(why);
    };
    incoming.on('data', take);
    incoming.on('end', () => resolve(chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks)));
    incoming.on('close', () => resolve('broken off'));
  });
}

/** Milliseconds for which the rest of a body over the limit is read and dropped. */
const linger = 2000;

/**
 * Sends a response. First reads and drops the rest of the request: the end of the reply may close the connection,
 * and a client that is still sending would get a reset instead of the reply.
 * @param writeTimeout seconds after which a client is disconnected that takes nothing of the reply
 */
export async function send(
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  { status, headers, cookies, body, release }: WireResponse,
  writeTimeout: number,
): Promise<void> {
  if (release) outgoing.once('close', release);
  if ((status === 413 || status === 200) && !incoming.complete) await drain(incoming);
  // The client has disconnected.
  if (outgoing.destroyed) {
    release?.();
    return;
  }
  outgoing.writeHead(status, cookies.length > 0 ? { ...headers, 'Set-Cookie': [...cookies] } : headers);
  // With a string, Node would send the headers in its encoding, too.
  outgoing.end(typeof body === 'string' ? Buffer.from(body) : body);
  // It begins anew whenever the client takes something, and ends with the reply.
  if (outgoing.writableLength > 0) outgoing.setTimeout(writeTimeout * 1000);
}

function drain(incoming: IncomingMessage): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, linger);
    incoming.once('close', () => {
      clearTimeout(timer);
      resolve();
    });
    incoming.resume();
  });
}
