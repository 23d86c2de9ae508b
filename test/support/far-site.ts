/** A site whose doors and pages run in workerd, over the ports that it has in the test's process. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { inject } from 'vitest';
import type { Ports } from '../../core/ports.ts';
import type { Settings } from '../../core/settings.ts';
import type { RequestEntry } from '../../functions/http/log.ts';
import type { OpenStore } from '../../infra/store/open-store.ts';
import { type CarriedError, type PortAnswer, type PortCall, pack, revived, unpack } from './carry.ts';

/** What a Worker asks a test's process for. */
export interface Furniture {
  readonly ports: Ports;
  readonly store: OpenStore;
  readonly settings: Settings;
}

/** Makes requests to the Worker, as `Site.fetch` does to an app. */
export type FarFetch = (path: string, init: RequestInit, address: string | undefined) => Promise<Response>;

const furnished = new Map<string, Furniture>();
let home: Promise<string> | undefined;
let rays = 0;

/** Opens the doors and pages of a site in the run's one Worker. */
export async function openFarSite(furniture: Furniture, log: RequestEntry[]): Promise<FarFetch> {
  home ??= listen();
  const [here, worker, site] = [await home, await askDoorman(), crypto.randomUUID()];
  furnished.set(site, furniture);
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
    request.headers.set('X-Test-Settings', encodeURIComponent(pack(furniture.settings)));
    request.headers.set('X-Test-Now', String(furniture.ports.clock.now()));
    if (address !== undefined) request.headers.set('CF-Connecting-IP', address);
    const reply = await fetch(request);
    const lines: string[] = JSON.parse(decodeURIComponent(reply.headers.get('X-Test-Log') ?? '[]'));
    log.push(...lines.map(entryIn));
    const headers = new Headers(reply.headers);
    headers.delete('X-Test-Log');
    return new Response(reply.body, { status: reply.status, headers });
  };
}

async function askDoorman(): Promise<string> {
  const response = await fetch(new URL('/worker-site', inject('doorman')));
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
    const value = await called(furnished.get(site), path, args);
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
  const cause = error && { cause: revived({ ...error, name: error.type } satisfies CarriedError) };
  return {
    ...facts,
    caller: { address },
    calls: calls ?? [{ method, account, auth, client, outcome, ...cause }],
  };
}
