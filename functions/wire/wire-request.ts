/** HTTP requests and responses as plain data: every runtime converts its own to and from these. */

/**
 * Why there is no body. `broken off`: the client disconnected in the middle of it. `busy`: too many other large
 * bodies are being read.
 */
export type NoBody = 'too large' | 'broken off' | 'busy';

/** How much of a body is read. */
export interface BodyLimit {
  /** Bytes. */
  readonly most: number;
  /** Bytes beyond which `admitLarge` is asked, once, before more is stored. */
  readonly usual: number;
  /** Whether one more large body may be stored. */
  admitLarge(): boolean;
}

/** Checks the length of a body as far as it has come; gives why no more of it is read. */
export function lengthCheck(limit: number | BodyLimit): (length: number) => 'too large' | 'busy' | undefined {
  if (typeof limit === 'number') return (length) => (length > limit ? 'too large' : undefined);
  const { most, usual } = limit;
  let admitted = false;
  return (length) => {
    if (length > most) return 'too large';
    if (admitted || length <= usual) return undefined;
    admitted = limit.admitLarge();
    return admitted ? undefined : 'busy';
  };
}

/** A request. Each runtime has its own implementation; other code does not know the runtime. */
export interface WireRequest {
  /** As sent: `POST`. */
  readonly method: string;
  /** As sent: a path with its query, or a whole URL (RFC 9112 §3.2). */
  readonly target: string;
  /** The platform's id of this request, for the log. */
  readonly id: string;
  /**
   * The caller's address, from a source that the client cannot forge. Looked up when it is read: on Node that is
   * a system call.
   */
  readonly address: string | undefined;
  /** Whether the caller's connection is encrypted, from a source that the client cannot forge. */
  readonly scheme: 'http' | 'https';
  /** A header by its name in lower case. Repeated headers are joined (RFC 9110 §5.3). */
  header(name: string): string | undefined;
  /** All headers, names in lower case. */
  headers(): Iterable<readonly [name: string, value: string]>;
  /** Bytes of a body that the platform can return. */
  readonly largestReply: number;
  /** The body, or why there is none. A body over the limit is not stored. Call this once. */
  body(limit: number | BodyLimit): Promise<Uint8Array | NoBody>;
}

/** A response. */
export interface WireResponse {
  readonly status: number;
  /** They include `Content-Length`. */
  readonly headers: Readonly<Record<string, string>>;
  /** Values of `Set-Cookie`, the one header that cannot be joined. */
  readonly cookies: readonly string[];
  /** Text, which is sent as UTF-8, or bytes. */
  readonly body: string | Uint8Array;
  /** Present where memory is counted for the body: to be called once it was sent, or cannot be sent. */
  readonly release?: () => void;
}

/** Answers a request. Never rejects. */
export type Handle = (request: WireRequest) => Promise<WireResponse>;

/** A response with its `Content-Length`: many clients speak HTTP/1.0 or read no chunks. */
export function wireResponse(
  status: number,
  body: string | Uint8Array,
  headers: Readonly<Record<string, string>>,
  cookies: readonly string[] = [],
): WireResponse {
  return { status, headers: { ...headers, 'Content-Length': String(byteLength(body)) }, cookies, body };
}

/** A response with one line of plain text, for clients that read HTTP statuses. */
export function textResponse(
  status: number,
  text: string,
  headers: Readonly<Record<string, string>> = {},
): WireResponse {
  return wireResponse(status, `${text}\n`, { 'Content-Type': 'text/plain; charset=UTF-8', ...headers });
}

const beyondAscii = /[\u0080-\uffff]/;
const encoder = new TextEncoder();

/** Whether a text has as many bytes in UTF-8 as it has characters. */
function isAscii(text: string): boolean {
  return !beyondAscii.test(text);
}

function byteLength(text: string | Uint8Array): number {
  if (typeof text !== 'string') return text.length;
  return isAscii(text) ? text.length : encoder.encode(text).length;
}
