/** One request at a door, whatever runtime it came through: measured, logged, and answered. */
import type { Context } from '../../core/call.ts';
import { measured } from '../../infra/telemetry/measures.ts';
import type { Door } from '../adapters/door.ts';
import { bodyLimit } from './body.ts';
import type { RequestLog } from './log.ts';

/** A request whose body was read, or was found too large to be. */
export interface Arrival {
  readonly body: Uint8Array | 'too large';
  readonly contentType: string | undefined;
  readonly context: CallContext;
  /** The platform's id of this request. */
  readonly request: string;
  /** When its headers had come, on the clock of `performance`. */
  readonly started: number;
}

/** What to send, as UTF-8, with `replyHeaders`. */
export interface Departure {
  readonly status: 200 | 413;
  readonly body: string;
  readonly contentType: string;
}

/** The headers of every reply; `length`: the body's, in bytes. */
export function replyHeaders(contentType: string, length: number) {
  return {
    'Content-Type': contentType,
    // Always, and never chunked: many clients speak HTTP/1.0 or read no chunks.
    'Content-Length': String(length),
    // Cloudflare would compress, in chunks, but for `no-transform`.
    // https://developers.cloudflare.com/speed/optimization/content/compression/
    'Cache-Control': 'no-store, no-transform',
  };
}

/** Takes a request through a door. Never throws. */
export async function passThrough(door: Door, arrival: Arrival, log: RequestLog): Promise<Departure> {
  const { body, contentType, context, started } = arrival;
  const status = body === 'too large' ? 413 : 200;
  const [reply, measures] = await measured(async () =>
    body === 'too large' ? door.tooLarge(bodyLimit) : door.answer({ body, contentType, context }),
  );
  log({
    request: arrival.request,
    wire: door.wire,
    status,
    ms: performance.now() - started,
    storeMs: measures.storeMs,
    hashMs: measures.hashMs,
    remembered: measures.remembered,
    caller: context.caller,
    calls: reply.reports,
  });
  return { status, body: reply.body, contentType: reply.contentType };
}

/**
 * Who asks. The address is looked up only where something depends on it: on Node that takes a system call.
 * A class, because V8 makes an object with a getter of its own a hidden class of its own, which holds on to
 * the request until the old generation is collected.
 */
export class Caller {
  readonly #addressOf: () => string | undefined;
  #known: { readonly address: string | undefined } | undefined;

  constructor(addressOf: () => string | undefined) {
    this.#addressOf = addressOf;
  }

  get address(): string | undefined {
    this.#known ??= { address: this.#addressOf() };
    return this.#known.address;
  }
}

/** What a call is to know of its request. */
export class CallContext implements Context {
  readonly caller: Caller;
  readonly cookie: string | undefined;
  readonly ljAuth: string | undefined;
  readonly agent: string | undefined;

  /** `header`: by its name in lower case. */
  constructor(caller: Caller, header: (name: 'cookie' | 'x-lj-auth' | 'user-agent') => string | undefined) {
    this.caller = caller;
    this.cookie = header('cookie');
    this.ljAuth = header('x-lj-auth');
    this.agent = header('user-agent');
  }

  get address(): string | undefined {
    return this.caller.address;
  }
}

const encoder = new TextEncoder();
const beyondAscii = /[\u0080-\uffff]/;

/** Whether a text has as many bytes as characters. */
export function isAscii(text: string): boolean {
  return !beyondAscii.test(text);
}

/** The length of a text in UTF-8. */
export function byteLength(text: string): number {
  return isAscii(text) ? text.length : encoder.encode(text).length;
}
