/** The gateway's doors as a Hono app: paths, verbs, limits and headers, the same on every runtime. */
import { type Context, Hono } from 'hono';
import { HTTPException } from 'hono/http-exception';
import { getPath } from 'hono/utils/url';
import type { Door } from '../adapters/door.ts';
import { bodyLimit, readBody } from './body.ts';
import { byteLength, CallContext, Caller, passThrough, replyHeaders } from './doorway.ts';
import type { RequestLog } from './log.ts';
import { doorPaths } from './paths.ts';

/** What a runtime supplies. */
export interface AppOptions {
  readonly doors: readonly Door[];
  readonly log: RequestLog;
  /** Takes what nothing else caught; the client sees no more than a 500. */
  logError(error: unknown): void;
  /** The caller's address, as the platform vouches for it. */
  addressOf(c: Context): string | undefined;
  /** The platform's id of this request. */
  requestIdOf(c: Context): string;
  /** Resolves when the store answers; without it there is no `/healthz`. */
  health?(): Promise<void>;
  /** Adds the pages and the session check; without them `/` says in plain text what is here. */
  pages?(app: Hono): void;
}

/** A GET on flat is answered like an empty form; XML-RPC knows only POST. @see PROTOCOL §1 */
const verbs: Readonly<Record<Door['wire'], readonly string[]>> = {
  flat: ['GET', 'HEAD', 'POST'],
  xmlrpc: ['POST'],
};

/** Builds the app. */
export function createApp(options: AppOptions): Hono {
  const app = new Hono({ getPath: (request) => plainPath(getPath(request)) });
  for (const door of options.doors) {
    for (const path of doorPaths[door.wire]) app.all(path, (c) => enter(c, door, options));
  }
  const { health } = options;
  if (health) app.get('/healthz', (c) => checkHealth(c, health));
  if (options.pages) options.pages(app);
  else app.get('/', (c) => c.text(greeting(options.doors)));
  // Plain 404s: one cross-poster tries `/` first and goes on to the right path only on an HTTP error.
  app.notFound((c) => c.text('Not found\n', 404));
  app.onError((error, c) => {
    // The client hung up in the middle of its request: nobody is there to answer, nothing is amiss.
    if (error instanceof HTTPException) return c.text('Bad request\n', error.status);
    options.logError(error);
    return c.text('Internal server error\n', 500);
  });
  return app;
}

/** Clients join a base with a slash and a path with another, or end in one. */
function plainPath(path: string): string {
  return path.replace(/\/{2,}/g, '/').replace(/(?<=.)\/$/, '');
}

async function enter(c: Context, door: Door, options: AppOptions): Promise<Response> {
  const allowed = verbs[door.wire];
  if (!allowed.includes(c.req.method)) {
    return c.text(`Method not allowed; use ${allowed.join(', ')}\n`, 405, { Allow: allowed.join(', ') });
  }
  const started = performance.now();
  const caller = new Caller(() => options.addressOf(c));
  const context = new CallContext(caller, (name) => c.req.header(name));
  const body = c.req.method === 'POST' ? await readBody(c.req.raw, bodyLimit) : new Uint8Array();
  if (body === 'broken off') throw new HTTPException(400);
  const contentType = c.req.header('content-type');
  const arrival = { body, contentType, context, request: options.requestIdOf(c), started };
  const { status, contentType: type, body: text } = await passThrough(door, arrival, options.log);
  return new Response(text, { status, headers: replyHeaders(type, byteLength(text)) });
}

async function checkHealth(c: Context, health: () => Promise<void>): Promise<Response> {
  try {
    await health();
    return c.json({ status: 'ok' });
  } catch {
    return c.json({ status: 'store unavailable' }, 503);
  }
}

function greeting(doors: readonly Door[]): string {
  const lines = doors.flatMap(({ wire }) => doorPaths[wire].map((path) => `  POST ${path}   ${wire}`));
  return `ljgate: a server of the LiveJournal client protocol.\n\n${lines.join('\n')}\n`;
}
