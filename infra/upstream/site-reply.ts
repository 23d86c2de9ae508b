/** Reads a reply of the site, and refuses what cannot be handed on. @see PROTOCOL §10 */
import type { ByteBudget, Reservation } from './byte-budget.ts';
import type { TransportReply } from './transport.ts';
import type { SiteCall } from './upstream.ts';

/** The largest reply, in bytes. */
const largestReply = 8 * 2 ** 20;

/** A reply that cannot be handed on, or none at all; its message is for the log alone. */
export class BadReply extends Error {
  override name = 'BadReply';
  /** The site's HTTP status, where it answered. */
  readonly status: number | undefined;

  constructor(message: string, status?: number, options?: ErrorOptions) {
    super(message, options);
    this.status = status;
  }
}

/** A whole reply, and the memory that is counted for it. */
export interface ReadReply {
  readonly contentType: string;
  readonly body: Uint8Array;
  readonly reservation: Reservation;
}

/** The types that a wire's replies have. */
const types: Readonly<Record<SiteCall['wire'], RegExp>> = {
  flat: /^text\/plain\s*(?:;|$)/i,
  xmlrpc: /^(?:text|application)\/xml\s*(?:;|$)/i,
};

/**
 * Reads a reply whole.
 * @throws {BadReply}
 */
export async function readReply(
  reply: TransportReply,
  call: Pick<SiteCall, 'wire' | 'largestReply'>,
  budget: ByteBudget,
  signal: AbortSignal,
): Promise<ReadReply> {
  try {
    const { contentType, declared, limit } = checkHead(reply, call);
    const reservation = await budget.reserve(declared ?? limit, signal);
    try {
      const body = await readBody(reply, declared ?? limit, declared);
      reservation.shrink(body.length);
      return { contentType, body, reservation };
    } catch (error) {
      reservation.release();
      throw error;
    }
  } catch (error) {
    reply.discard();
    throw error;
  }
}

function checkHead(reply: TransportReply, call: Pick<SiteCall, 'wire' | 'largestReply'>) {
  const { status } = reply;
  const limit = Math.min(largestReply, call.largestReply);
  if (status >= 300 && status < 400) {
    throw new BadReply('it redirects; --upstream has to be where the protocol itself is', status);
  }
  if (status !== 200) throw new BadReply(`it answers with HTTP status ${status}`, status);
  const contentType = reply.header('content-type') ?? '';
  if (!types[call.wire].test(contentType)) {
    throw new BadReply(`its reply has the Content-Type ${JSON.stringify(contentType.slice(0, 100))}`, status);
  }
  const encoding = reply.header('content-encoding') ?? 'identity';
  if (encoding !== 'identity')
    throw new BadReply(`its reply is compressed (${encoding.slice(0, 20)})`, status);
  const length = reply.header('content-length');
  // No number would be compared with nothing, and would keep all other replies waiting for room.
  if (length !== undefined && !/^\d{1,15}$/.test(length)) {
    throw new BadReply(`its reply has the Content-Length ${JSON.stringify(length.slice(0, 40))}`, status);
  }
  const declared = length === undefined ? undefined : Number(length);
  if (declared !== undefined && declared > limit) throw new BadReply(tooLarge(limit), status);
  return { contentType, declared, limit };
}

async function readBody(
  reply: TransportReply,
  most: number,
  declared: number | undefined,
): Promise<Uint8Array> {
  const pieces: Uint8Array[] = [];
  let length = 0;
  try {
    for await (const piece of reply.body) {
      length += piece.length;
      if (length > most) throw new BadReply(tooLarge(most), reply.status);
      pieces.push(piece);
    }
  } catch (cause) {
    if (cause instanceof BadReply) throw cause;
    throw new BadReply('its reply broke off', reply.status, { cause });
  }
  if (declared !== undefined && length !== declared) throw new BadReply('its reply broke off', reply.status);
  const [only] = pieces;
  return pieces.length === 1 && only ? only : joined(pieces, length);
}

function joined(pieces: readonly Uint8Array[], length: number): Uint8Array {
  const body = new Uint8Array(length);
  let at = 0;
  for (const piece of pieces) {
    body.set(piece, at);
    at += piece.length;
  }
  return body;
}

function tooLarge(limit: number): string {
  return `its reply is over ${limit} bytes`;
}
