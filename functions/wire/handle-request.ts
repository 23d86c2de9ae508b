/** Takes a request of any runtime, passes it to its endpoint or to the pages, and returns the response. */
import type { Context } from '../../core/protocol/context.ts';
import { measured } from '../../infra/telemetry/request-measures.ts';
import { isFromAnotherSite } from './another-site.ts';
import type { Endpoint, EndpointReply } from './endpoint.ts';
import { largeBodies } from './large-bodies.ts';
import { addressToLog, type RequestLog } from './request-log.ts';
import {
  bodyLimit,
  endpointAt,
  endpointPaths,
  endpointVerbs,
  isApiPath,
  pathOf,
  relayedBodyLimit,
} from './routes.ts';
import {
  type BodyLimit,
  type Handle,
  textResponse,
  type WireRequest,
  type WireResponse,
  wireResponse,
} from './wire-request.ts';

/** What the handler needs. */
export interface HandlerOptions {
  readonly endpoints: readonly Endpoint[];
  /** Answers requests for no endpoint. Without it `/` lists the endpoints as plain text, and all else is 404. */
  readonly pages?: (request: WireRequest, path: string) => Promise<WireResponse>;
  /** Answers requests of a site's own code, where it may ask here. */
  readonly api?: (request: WireRequest) => Promise<WireResponse>;
  readonly log: RequestLog;
  /** Logs an error that nothing else caught; the client gets a 500 without details. */
  logError(error: unknown): void;
}

/** Builds the handler of a runtime's requests. @see PROTOCOL §1 */
export function createHandler(options: HandlerOptions): Handle {
  const pages = options.pages ?? plainPages(options.endpoints);
  const limitOf = largeBodies();
  const handle = async (request: WireRequest): Promise<WireResponse> => {
    const path = pathOf(request.target);
    if (path === undefined || !knownForm.test(request.method)) return textResponse(400, 'Bad request');
    if (options.api && isApiPath(path)) return options.api(request);
    const endpoint = endpointAt(options.endpoints, path);
    if (!endpoint) return pages(request, path);
    if (!endpoint.relays) return callEndpoint(endpoint, request, bodyLimit, options.log);
    const limit = limitOf();
    try {
      return await callEndpoint(endpoint, request, limit, options.log);
    } finally {
      limit.end();
    }
  };
  return async (request) => {
    try {
      const response = await handle(request);
      return request.method === 'HEAD' ? { ...response, body: '' } : response;
    } catch (error) {
      options.logError(error);
      return textResponse(500, 'Internal server error');
    }
  };
}

/** A verb as HTTP allows it. Only a Lambda event can have another: HTTP parsers refuse those. */
const knownForm = /^[A-Z][A-Z-]*$/;

async function callEndpoint(
  endpoint: Endpoint,
  request: WireRequest,
  limit: number | BodyLimit,
  log: RequestLog,
): Promise<WireResponse> {
  const verbs = endpointVerbs[endpoint.wire];
  if (!verbs.includes(request.method)) {
    const Allow = verbs.join(', ');
    return textResponse(405, `Method not allowed; use ${Allow}`, { Allow });
  }
  if (request.method === 'POST' && isFromAnotherSite(request)) return textResponse(403, 'Forbidden');
  if (!/^(?:identity)?$/i.test(request.header('content-encoding') ?? '')) {
    return textResponse(415, 'Content-Encoding not supported', { 'Accept-Encoding': 'identity' });
  }
  const started = performance.now();
  const body = request.method === 'POST' ? await request.body(limit) : new Uint8Array();
  // The client has disconnected.
  if (body === 'broken off') return textResponse(400, 'Bad request');
  const [reply, measures] = await measured(() => replyTo(endpoint, body, request));
  const status = body === 'too large' || reply.tooLarge ? 413 : 200;
  log({
    request: request.id,
    wire: endpoint.wire,
    status,
    ms: performance.now() - started,
    ...measures,
    address: addressToLog(request, reply.reports),
    calls: reply.reports,
    scheme: request.scheme,
    agent: request.header('user-agent'),
  });
  const response = wireResponse(status, reply.body, {
    'Content-Type': reply.contentType,
    // Without `no-transform` Cloudflare compresses the reply, and sends it in chunks.
    // https://developers.cloudflare.com/speed/optimization/content/compression/
    'Cache-Control': 'no-store, no-transform',
  });
  return reply.release ? { ...response, release: reply.release } : response;
}

async function replyTo(
  endpoint: Endpoint,
  body: Uint8Array | 'too large' | 'busy',
  request: WireRequest,
): Promise<EndpointReply> {
  if (body === 'busy') return endpoint.refuse(507);
  if (body === 'too large') return endpoint.tooLarge(endpoint.relays ? relayedBodyLimit : bodyLimit);
  const { id, scheme, largestReply } = request;
  return endpoint.answer({
    body,
    contentType: request.header('content-type'),
    context: new RequestContext(request),
    facts: { request: id, scheme, largestReply },
  });
}

/**
 * What a call knows about its request. A class, not an object literal: an object with its own getter keeps its
 * request in memory until a full garbage collection.
 */
class RequestContext implements Context {
  readonly #request: WireRequest;
  readonly cookie: string | undefined;
  readonly ljAuth: string | undefined;
  readonly agent: string | undefined;

  constructor(request: WireRequest) {
    this.#request = request;
    this.cookie = request.header('cookie');
    this.ljAuth = request.header('x-lj-auth');
    this.agent = request.header('user-agent');
  }

  get address(): string | undefined {
    return this.#request.address;
  }
}

/** Answers where there are no pages. One cross-poster tries `/` first, and needs an error there to go on. */
function plainPages(endpoints: readonly Endpoint[]) {
  const lines = endpoints.flatMap(({ wire }) =>
    endpointPaths[wire].map((path) => `  POST ${path}   ${wire}`),
  );
  const greeting = `ljgate: a server of the LiveJournal client protocol.\n\n${lines.join('\n')}`;
  return async ({ method }: WireRequest, path: string): Promise<WireResponse> => {
    const isRead = method === 'GET' || method === 'HEAD';
    return path === '/' && isRead ? textResponse(200, greeting) : textResponse(404, 'Not found');
  };
}
