/** Answers in the place of API Gateway: turns HTTP requests into payload 2.0 events, and replies back into HTTP. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { type LocalServer, listenLocally } from './local-server.ts';

/** Sends an event to the function behind a route, and gives its reply. */
export type Invoke = (event: unknown) => Promise<unknown>;

/** An HTTP API that listens. */
export type HttpApi = LocalServer;

/** What a function says in payload 2.0. */
interface Reply {
  readonly statusCode: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly cookies?: readonly string[];
  readonly body?: string;
  readonly isBase64Encoded?: boolean;
}

/** A route of an HTTP API, and what stands behind it. */
export interface FoundRoute {
  /** As `ANY /path/{proxy+}`. */
  readonly key: string;
  readonly invoke: Invoke;
}

/** What an HTTP API is called. */
export interface ApiNames {
  readonly apiId: string;
  /** The name under which it is asked. */
  readonly host: string;
}

const testNames: ApiNames = { apiId: 'test', host: 'test.execute-api.us-east-1.amazonaws.com' };

/** Opens an HTTP API. It answers what no route is found for itself, with a 404. */
export async function openHttpApi(
  find: (verb: string, path: string) => FoundRoute | undefined,
  names: ApiNames = testNames,
): Promise<HttpApi> {
  const enter = async (request: IncomingMessage, response: ServerResponse) => {
    const { pathname } = new URL(request.url ?? '/', 'http://x');
    const route = find(request.method ?? 'GET', pathname);
    if (!route) {
      const body = '{"message":"Not Found"}';
      response
        .writeHead(404, { 'Content-Type': 'application/json', 'Content-Length': body.length })
        .end(body);
      return;
    }
    const reply = (await route.invoke(await eventOf(request, route.key, names))) as Reply;
    const body = Buffer.from(reply.body ?? '', reply.isBase64Encoded ? 'base64' : 'utf8');
    response.writeHead(reply.statusCode, {
      ...reply.headers,
      ...(reply.cookies && { 'Set-Cookie': [...reply.cookies] }),
      'content-length': body.length,
    });
    response.end(body);
  };
  return listenLocally(enter);
}

/** Media types that HTTP API hands on as text. A form is not among them: it arrives as base64. */
const textual = /^(text\/|application\/(json|javascript|xml)\b|[^;]*\+(json|xml)\b)/i;

async function eventOf(
  request: IncomingMessage,
  routeKey: string,
  { apiId, host }: ApiNames,
): Promise<unknown> {
  const body = await buffer(request);
  const { pathname, search } = new URL(request.url ?? '/', 'http://x');
  const { cookie, ...rest } = request.headers;
  const headers = Object.fromEntries(
    Object.entries(rest).map(([name, value]) => [name, [value ?? ''].flat().join(',')]),
  );
  const plain = textual.test(headers['content-type'] ?? '');
  const method = request.method ?? 'GET';
  return {
    version: '2.0',
    routeKey,
    rawPath: pathname,
    rawQueryString: search.slice(1),
    ...(cookie !== undefined && { cookies: cookie.split('; ') }),
    headers: { ...headers, host, 'x-forwarded-proto': 'https', 'x-forwarded-port': '443' },
    requestContext: {
      accountId: '123456789012',
      apiId,
      domainName: host,
      domainPrefix: host.split('.')[0],
      http: {
        method,
        path: pathname,
        protocol: `HTTP/${request.httpVersion}`,
        sourceIp: request.socket.remoteAddress ?? '',
        userAgent: headers['user-agent'] ?? '',
      },
      requestId: crypto.randomUUID(),
      routeKey,
      stage: '$default',
      time: new Date().toISOString(),
      timeEpoch: Date.now(),
    },
    ...(body.length > 0 && { body: body.toString(plain ? 'utf8' : 'base64') }),
    isBase64Encoded: body.length > 0 && !plain,
  };
}
