/**
 * Reads requests whose header lines end with a bare LF: all lines, or only the last two. Two desktop clients send
 * them. Node's parser refuses them, and must: where two parsers disagree on the end of a request, a second request
 * can be smuggled. So only a request that is alone on its connection is read.
 * @see PROTOCOL §1
 * @see RFC 9112 §2.2
 */
import { lengthCheck, type NoBody, type WireRequest } from '../../wire/wire-request.ts';

/** The head of a request, and what is known about its body. */
export interface BareLfRequest {
  readonly method: string;
  readonly target: string;
  /** Names in lower case. */
  readonly headers: ReadonlyMap<string, string>;
  /** Bytes in the body. */
  readonly length: number;
  /** Bytes received after the head. */
  readonly rest: Buffer;
}

const requestLine = /^([A-Z-]+) (\/[\x21-\x7e]*) HTTP\/1\.[01]$/;
const headerLine = /^([\w!#$%&'*+.^`|~-]+):[ \t]*([\t\x20-\x7e\x80-\xff]*)$/;

/** Reads the first packet of a connection; `undefined` for an ambiguous one. */
export function readBareLf(packet: Buffer): BareLfRequest | undefined {
  const end = packet.indexOf('\n\n');
  if (end === -1) return undefined;
  const head = packet.toString('latin1', 0, end);
  const lines = head.split(head.includes('\r') ? '\r\n' : '\n');
  if (lines.some((line) => /[\r\n]/.test(line))) return undefined;
  const [, method, target] = requestLine.exec(lines[0] ?? '') ?? [];
  const headers = readHeaders(lines.slice(1));
  if (method === undefined || target === undefined || !headers) return undefined;
  const length = headers.get('content-length') ?? '0';
  if (headers.has('transfer-encoding') || !/^\d{1,9}$/.test(length)) return undefined;
  return { method, target, headers, length: Number(length), rest: packet.subarray(end + 2) };
}

/** `undefined` also when a name occurs twice: parsers differ on which of the two is valid. */
function readHeaders(lines: readonly string[]): ReadonlyMap<string, string> | undefined {
  const headers = new Map<string, string>();
  for (const line of lines) {
    const [, name, value = ''] = headerLine.exec(line) ?? [];
    if (name === undefined || headers.has(name.toLowerCase())) return undefined;
    headers.set(name.toLowerCase(), value.trim());
  }
  return headers;
}

/** Whether only line ends follow the body: LJ::Simple sends CR LF CR LF. */
export function isOnlyLineEnds(bytes: Buffer): boolean {
  return /^[\r\n]*$/.test(bytes.toString('latin1'));
}

/** What the server adds to a request. */
export interface BareLfOptions {
  readonly id: string;
  readonly address: string | undefined;
}

/** The request as plain data. `body` is complete, or empty when it was too large. */
export function bareLfRequest(
  { method, target, headers, length }: BareLfRequest,
  body: Uint8Array,
  { id, address }: BareLfOptions,
): WireRequest {
  return {
    method,
    target,
    id,
    address,
    scheme: 'http',
    header: (name) => headers.get(name),
    headers: () => headers,
    largestReply: Number.POSITIVE_INFINITY,
    body: async (limit): Promise<Uint8Array | NoBody> =>
      lengthCheck(limit)(length) ?? (body.length < length ? 'too large' : body),
  };
}
