/** Exchanges with a real Dreamwidth, as they were recorded: what such a site is sent, and what it answers. */
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';

/** One request to the site and its reply. */
export interface RecordedExchange {
  readonly name: string;
  readonly wire: 'flat' | 'xmlrpc';
  /** Without its prefix; empty where none was sent. */
  readonly method: string;
  readonly request: { readonly method: string; readonly contentType: string; readonly body: Buffer };
  readonly reply: {
    readonly status: number;
    readonly contentType: string;
    readonly headers: Readonly<Record<string, string>>;
    readonly body: Buffer;
  };
}

interface Stored {
  readonly name: string;
  readonly wire: 'flat' | 'xmlrpc';
  readonly request: {
    readonly method?: string;
    readonly headers: Readonly<Record<string, string>>;
    readonly bodyBase64: string;
  };
  readonly response: {
    readonly status: number;
    readonly headers: Readonly<Record<string, string>>;
    readonly bodyBase64: string;
  };
}

const file = new URL('../data/site.json.gz', import.meta.url);

/** The method that a body names. */
export function methodIn(wire: 'flat' | 'xmlrpc', body: Buffer): string {
  const text = body.toString('latin1');
  if (wire === 'flat') return new URLSearchParams(text).get('mode') ?? '';
  return /<methodName>\s*LJ\.XMLRPC\.(\w+)\s*<\/methodName>/.exec(text)?.[1] ?? '';
}

/** Every exchange. */
export const recordedExchanges: readonly RecordedExchange[] = (
  JSON.parse(gunzipSync(readFileSync(file)).toString()) as readonly Stored[]
).map(({ name, wire, request, response }) => {
  const body = Buffer.from(request.bodyBase64, 'base64');
  return {
    name,
    wire,
    method: methodIn(wire, body),
    request: {
      method: request.method ?? 'POST',
      contentType: request.headers['content-type'] ?? '',
      body,
    },
    reply: {
      status: response.status,
      contentType: response.headers['content-type'] ?? '',
      headers: response.headers,
      body: Buffer.from(response.bodyBase64, 'base64'),
    },
  };
});

/** An exchange by its wire and name. @throws {Error} where there is none */
export function recordedExchange(wire: 'flat' | 'xmlrpc', name: string): RecordedExchange {
  const found = recordedExchanges.find((each) => each.wire === wire && each.name === name);
  if (!found) throw new Error(`no exchange ${name} was recorded on ${wire}`);
  return found;
}
