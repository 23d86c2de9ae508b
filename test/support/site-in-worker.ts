/** A site whose endpoints and pages run in workerd, over ports in the test's process. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { inject } from 'vitest';
import type { Ports } from '../../core/ports.ts';
import type { Settings } from '../../core/protocol/gateway-settings.ts';
import type { RequestEntry } from '../../functions/wire/request-log.ts';
import type { OpenStore } from '../../infra/stores/open-store.ts';
import { errorFrom, type PortAnswer, type PortCall, pack, type SentError, unpack } from './port-calls.ts';

/** What a Worker asks a test's process for. */
export interface SiteParts {
  readonly ports: Ports;
  readonly store: OpenStore;
  readonly settings: Settings;
}

/** Makes requests to the Worker, as `Site.fetch` does to an app. */
export type WorkerFetch = (path: string, init: RequestInit, address: string | undefined) => Promise<Response>;

const sites = new Map<string, SiteParts>();
let portServer: Promise<string> | undefined;
let rays = 0;

/** Opens the endpoints and pages of a site in the run's one Worker. */
export async function openSiteInWorker(parts: SiteParts, log: RequestEntry[]): Promise<WorkerFetch> {
  portServer ??= listen();
  const [here, worker, site] = [await portServer, await workerUrl(), crypto.randomUUID()];
  sites.set(site, parts);
  return async (path, init, address) => {
    const asked = new URL(path, worker);
    const request = new Request(new URL(asked.pathname + asked.search, worker), {
      redirect: 'manual',
      ...init,
    });
    request.headers.set('X-Test-Url', asked.href);
    request.headers.set('CF-Ray', `${site}-${rays++}`);
    request.headers.set('X-Test-Home', here);
    request.headers.set('X-Test-Site', site);
    request.headers.set('X-Test-Settings', encodeURIComponent(pack(parts.settings)));
    request.headers.set('X-Test-Now', String(parts.ports.clock.now()));
    // `fetch` sends a Host of its own.
    const host = new Headers(init.headers).get('Host');
    if (host !== null) request.headers.set('X-Test-Host', host);
    if (address !== undefined) request.headers.set('CF-Connecting-IP', address);
    const reply = await fetch(request);
    const lines: string[] = JSON.parse(decodeURIComponent(reply.headers.get('X-Test-Log') ?? '[]'));
    log.push(...lines.map(entryIn));
    const headers = new Headers(reply.headers);
    headers.delete('X-Test-Log');
    return new Response(reply.body, { status: reply.status, headers });
  };
}

async function workerUrl(): Promise<string> {
  const response = await fetch(new URL('/worker-site', inject('resources')));
  const answer = await response.text();
  if (!response.ok) throw new Error(answer);
  return answer;
}

/** Answers what Workers ask of this process's ports. */
async function listen(): Promise<string> {
  const server = createServer((request, response) => void answer(request, response));
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  server.unref();
  const address = server.address();
  if (typeof address !== 'object' || !address) throw new Error('no port');
  return `http://127.0.0.1:${address.port}`;
}

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { site, path, args } = unpack(await text(request)) as PortCall;
  try {
    const value = await called(sites.get(site), path, args);
    response.end(pack({ value } satisfies PortAnswer));
  } catch (error) {
    const { name, message } = error instanceof Error ? error : new Error(String(error));
    response.end(pack({ error: { name, message } } satisfies PortAnswer));
  }
}

/** What stands at the place, or what it gives when it is called. */
async function called(from: unknown, path: readonly string[], args: readonly unknown[]): Promise<unknown> {
  let owner: unknown;
  let found = from;
  for (const name of path) {
    owner = found;
    found = (found as Readonly<Record<string, unknown>>)[name];
  }
  return typeof found === 'function' ? Reflect.apply(found, owner, args) : found;
}

/** A log line as the entry that it was made of. */
function entryIn(line: string): RequestEntry {
  const { error, calls, method, account, auth, client, outcome, address, ...facts } = JSON.parse(line);
  const cause = error && { cause: errorFrom({ ...error, name: error.type } satisfies SentError) };
  return {
    ...facts,
    address,
    calls: calls ?? [{ method, account, auth, client, outcome, ...cause }],
  };
}
