/** Events as the front ends of AWS send them: recorded ones, changed as asked. */
import { readFileSync } from 'node:fs';
import type { HttpEvent } from '../../functions/runtime/lambda/lambda-request.ts';

/** The recorded events, by file. */
export type FrontEnd =
  | 'http-api'
  | 'http-api-stage'
  | 'function-url'
  | 'rest-api'
  | 'alb'
  | 'alb-multi-value';

/** What is sent. Headers by lower-case name. */
export interface EventOptions {
  readonly verb: string;
  readonly path: string;
  readonly query: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly isBase64Encoded: boolean;
}

/** The event of a request. Payload 2.0 has cookies apart from the headers, and the verb in its context. */
export function eventOf(frontEnd: FrontEnd, options: EventOptions): HttpEvent {
  const { verb, path, query, headers, ...rest } = options;
  const file = new URL(`../data/events/${frontEnd}.json`, import.meta.url);
  const event = JSON.parse(readFileSync(file, 'utf8'));
  const named = lowerCased(event.headers ?? {});
  const all = { ...named, ...headers };
  if (event.version === '2.0') {
    const { cookie, ...others } = all;
    Object.assign(event, { rawPath: path, rawQueryString: query, headers: others });
    if (cookie !== undefined) event.cookies = cookie.split('; ');
    Object.assign(event.requestContext.http, { method: verb, path });
  } else {
    Object.assign(event, { path, httpMethod: verb, headers: all });
    event.queryStringParameters = Object.fromEntries(new URLSearchParams(query));
    if (event.multiValueHeaders) {
      event.multiValueHeaders = Object.fromEntries(
        Object.entries(all).map(([name, value]) => [name, [value]]),
      );
    }
  }
  return { ...event, ...rest };
}

function lowerCased(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}
