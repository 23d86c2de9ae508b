/** Converts the Fetch API's requests and responses, which Workers use. */
import {
  type BodyLimit,
  lengthCheck,
  type NoBody,
  type WireRequest,
  type WireResponse,
} from '../../wire/wire-request.ts';

/** What the platform adds to a request. */
export interface FetchRequestOptions {
  readonly id: string;
  readonly address: string | undefined;
}

/** A request. */
export class FetchRequest implements WireRequest {
  readonly id: string;
  readonly address: string | undefined;
  readonly #request: Request;

  constructor(request: Request, { id, address }: FetchRequestOptions) {
    this.#request = request;
    this.id = id;
    this.address = address;
  }

  get method(): string {
    return this.#request.method;
  }

  get target(): string {
    return this.#request.url;
  }

  get scheme(): 'http' | 'https' {
    return this.#request.url.startsWith('https:') ? 'https' : 'http';
  }

  header(name: string): string | undefined {
    return this.#request.headers.get(name) ?? undefined;
  }

  headers(): Iterable<readonly [string, string]> {
    return this.#request.headers;
  }

  readonly largestReply = Number.POSITIVE_INFINITY;

  async body(limit: number | BodyLimit): Promise<Uint8Array | NoBody> {
    try {
      return await readBody(this.#request, limit);
    } catch {
      return 'broken off';
    }
  }
}

/** Refuses a `Content-Length` over the limit without reading, and a chunked body at the first byte over it. */
async function readBody(
  { headers, body }: Request,
  limit: number | BodyLimit,
): Promise<Uint8Array | 'too large' | 'busy'> {
  const check = lengthCheck(limit);
  const announced = headers.has('transfer-encoding') ? null : headers.get('content-length');
  const refused = check(Number(announced));
  if (refused) return refused;
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of body ?? []) {
    length += chunk.length;
    const why = check(length);
    if (why) return why;
    chunks.push(chunk);
  }
  const bytes = new Uint8Array(length);
  let at = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, at);
    at += chunk.length;
  }
  return bytes;
}

/** The response for the platform. */
export function fetchResponse({ status, headers, cookies, body, release }: WireResponse): Response {
  const all = new Headers(headers);
  for (const cookie of cookies) all.append('Set-Cookie', cookie);
  const content = typeof body === 'string' ? body || null : new Uint8Array(body);
  release?.();
  return new Response(content, { status, headers: all });
}
