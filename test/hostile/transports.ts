/** Ways to what is tested: an app in this process, a server behind a URL, a Lambda function. */

import type { Handler } from '../../functions/runtime/lambda/lambda-handler.ts';
import type { HttpEvent } from '../../functions/runtime/lambda/lambda-request.ts';
import { bodyLimit } from '../../functions/wire/routes.ts';
import { eventOf, type FrontEnd } from '../support/events.ts';
import type { Site } from '../support/site.ts';
import { exchange } from '../support/socket.ts';
import type { HostileRequest } from './corpus.ts';
import type { Transport } from './corpus-suite.ts';
import type { HostileReply } from './expected-reply.ts';

/** An app in this process. */
export function siteTransport(site: Site): Transport {
  return async ({ verb, path, headers, body }) => {
    const init = { method: verb, headers: headers.map(([name, value]) => [name, value] as [string, string]) };
    const sent = verb === 'GET' ? init : { ...init, body: Uint8Array.from(body) };
    const reply = await site.fetch(`http://localhost${path}`, sent);
    return { status: reply.status, headers: Object.fromEntries(reply.headers), text: await reply.text() };
  };
}

/** A server behind a URL, spoken to over bare sockets, for every byte to arrive as it is. */
export function socketTransport(url: URL): Transport {
  return async ({ verb, path, headers, body }) => {
    const lines = [
      `${verb} ${path} HTTP/1.1`,
      'Host: localhost',
      // Who asks to close while still sending ten megabytes may get a reset before the reply.
      ...(body.length > bodyLimit ? [] : ['Connection: close']),
      ...headers.map(([name, value]) => `${name}: ${value}`),
      ...(verb === 'GET' ? [] : [`Content-Length: ${body.length}`]),
    ];
    const head = Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1');
    return exchange(url, verb === 'GET' ? head : Buffer.concat([head, body]));
  };
}

/** Which function API Gateway or a load balancer sends a path to. */
export type Routes = Readonly<Record<'flat' | 'xmlrpc', Handler>>;

/** The functions behind a front end of AWS, which sends a body as text or as base64. */
export function lambdaTransport(functions: Routes, frontEnd: FrontEnd, as: 'text' | 'base64'): Transport {
  return async (request) => {
    const handler = request.path.includes('xmlrpc') ? functions.xmlrpc : functions.flat;
    const reply = await handler(eventFor(request, frontEnd, as));
    const headers = reply.headers ?? {};
    const several = 'multiValueHeaders' in reply ? reply.multiValueHeaders : undefined;
    const all = { ...headers, ...firstOf(several ?? {}) };
    const body = Buffer.from(reply.body, reply.isBase64Encoded ? 'base64' : 'utf8').toString();
    return { status: reply.statusCode, headers: lowerCased(all), text: body };
  };
}

/** Text only where it is text: no front end could send other bytes so. */
function eventFor(request: HostileRequest, frontEnd: FrontEnd, as: 'text' | 'base64'): HttpEvent {
  const { verb, path, headers } = request;
  const body = Buffer.from(request.body);
  const asText = as === 'text' && Buffer.from(body.toString()).equals(body);
  const joined: Record<string, string> = {};
  for (const [name, value] of headers) {
    const key = name.toLowerCase();
    joined[key] = key in joined ? `${joined[key]}${key === 'cookie' ? '; ' : ','}${value}` : value;
  }
  const [pathname = '', query = ''] = path.split('?');
  return eventOf(frontEnd, {
    verb,
    path: pathname,
    query,
    headers: joined,
    ...(body.length > 0 && { body: body.toString(asText ? 'utf8' : 'base64') }),
    isBase64Encoded: body.length > 0 && !asText,
  });
}

function firstOf(headers: Readonly<Record<string, readonly string[]>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, [value]]) => [name, value ?? '']));
}

function lowerCased(headers: Readonly<Record<string, unknown>>): HostileReply['headers'] {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name.toLowerCase(), String(value)]),
  );
}
