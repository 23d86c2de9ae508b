/**
 * The short way to a door: a POST in payload format 2.0 (HTTP API, Function URL), as nearly all calls come,
 * is answered without a Request and a Response. For the first of them Node loads the whole of its `fetch`,
 * which is a good part of a cold start. Everything else is the app's to answer.
 */
import type { LambdaEvent } from 'hono/aws-lambda';
import { decodeBase64 } from 'hono/utils/encode';
import type { Door } from '../adapters/door.ts';
import { bodyLimit } from '../http/body.ts';
import { byteLength, CallContext, Caller, passThrough, replyHeaders } from '../http/doorway.ts';
import type { RequestLog } from '../http/log.ts';
import { doorsByPath } from '../http/paths.ts';

/** What the short way needs. */
export interface DirectOptions {
  readonly doors: readonly Door[];
  readonly log: RequestLog;
  /** `source`: the other end of the connection; `header`: by its name in lower case. */
  addressOf(source: string | undefined, header: HeaderOf): string | undefined;
}

/** A header's value by its name in lower case. */
export type HeaderOf = (name: string) => string | undefined;

/** What Lambda sends back, in payload format 2.0. */
export interface DirectReply {
  readonly statusCode: number;
  readonly headers: Record<string, string>;
  readonly body: string;
  readonly isBase64Encoded: false;
}

/** Takes an event, evened out, if it can go the short way. */
export type DirectDoors = (event: LambdaEvent, request: string) => Promise<DirectReply> | undefined;

type EventV2 = Extract<LambdaEvent, { readonly rawPath: string }>;

/** Opens the short way to these doors. */
export function directDoors(options: DirectOptions): DirectDoors {
  const doors = doorsByPath(options.doors);
  return (event, request) => {
    if (!isPost(event)) return undefined;
    const door = doors.get(event.rawPath);
    const [header, body] = [headersOf(event), bodyOf(event)];
    return door && header && body && answer(door, event, { header, body, request }, options);
  };
}

function isPost(event: LambdaEvent): event is EventV2 {
  return 'rawPath' in event && event.requestContext?.http?.method === 'POST';
}

function bodyOf({ body, isBase64Encoded }: EventV2): Uint8Array | undefined {
  if (!body) return undefined;
  try {
    return isBase64Encoded ? decodeBase64(body) : new TextEncoder().encode(body);
  } catch {
    return undefined;
  }
}

async function answer(
  door: Door,
  event: EventV2,
  {
    header,
    body,
    request,
  }: { readonly header: HeaderOf; readonly body: Uint8Array; readonly request: string },
  { log, addressOf }: DirectOptions,
): Promise<DirectReply> {
  const started = performance.now();
  const caller = new Caller(() => addressOf(event.requestContext.http.sourceIp, header));
  const departure = await passThrough(
    door,
    {
      body: body.length > bodyLimit ? 'too large' : body,
      contentType: header('content-type'),
      context: new CallContext(caller, header),
      request,
      started,
    },
    log,
  );
  const headers = replyHeaders(departure.contentType, byteLength(departure.body));
  const lowerCase = Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]);
  return {
    statusCode: departure.status,
    headers: Object.fromEntries(lowerCase),
    body: departure.body,
    isBase64Encoded: false,
  };
}

/** @see RFC 9110 §5.1 */
const headerName = /^[\w!#$%&'*+.^`|~-]+$/;

/** Cookies stand apart from the other headers. `undefined` where a name is none. */
function headersOf({ headers, cookies }: EventV2): HeaderOf | undefined {
  const found = new Map<string, string>();
  if (Array.isArray(cookies)) found.set('cookie', cookies.join('; '));
  for (const [name, value] of Object.entries(headers ?? {})) {
    if (!headerName.test(name)) return undefined;
    if (value) found.set(name.toLowerCase(), value.trim());
  }
  return (name) => found.get(name);
}
