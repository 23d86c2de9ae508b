/**
 * The tests' own Worker: the Worker's handler over the ports of a site in a test's process. Each request
 * says which site it is for, and what time it is there; the log of it goes back with the reply.
 */

import { createGateway } from '../../core/gateway.ts';
import type { PasswordHasher, Ports } from '../../core/ports.ts';
import type { Settings } from '../../core/settings.ts';
import type { Environment, Execution } from '../../functions/worker/environment.ts';
import { type WorkerHandler, workerHandler } from '../../functions/worker/handler.ts';
import type { OpenStore } from '../../infra/store/open-store.ts';
import { type PortAnswer, pack, revived, unpack } from './carry.ts';
import { testHasher, testPorts } from './ports.ts';

const sites = new Map<string, { readonly handler: WorkerHandler; now: number }>();
const lines = new Map<string, string[]>();

for (const level of ['log', 'warn', 'error'] as const) {
  console[level] = (line: string) => {
    const { request } = JSON.parse(line);
    lines.get(request)?.push(line);
  };
}

export default {
  async fetch(request: Request, environment: Environment, execution: Execution): Promise<Response> {
    const header = (name: string) => request.headers.get(name) ?? '';
    const [home, id, ray] = [header('X-Test-Home'), header('X-Test-Site'), header('CF-Ray')];
    const site = sites.get(id) ?? { handler: handlerOf(home, id, header('X-Test-Settings')), now: 0 };
    sites.set(id, site);
    site.now = Number(header('X-Test-Now'));
    lines.set(ray, []);
    // As at Cloudflare, where a browser's https ends.
    const asked = new Request(header('X-Test-Url'), request);
    const reply = await site.handler.fetch(asked, environment, execution);
    const headers = new Headers(reply.headers);
    headers.set('X-Test-Log', encodeURIComponent(JSON.stringify(lines.get(ray))));
    lines.delete(ray);
    return new Response(reply.body, { status: reply.status, headers });
  },
};

function handlerOf(home: string, site: string, settings: string): WorkerHandler {
  const ask: Ask = async (path, args) => {
    const reply = await fetch(home, { method: 'POST', body: pack({ site, path, args }) });
    const answer = unpack(await reply.text()) as PortAnswer;
    if ('error' in answer) throw revived(answer.error);
    return answer.value;
  };
  return workerHandler(async () => {
    const far = remote<Ports>(ask, ['ports']);
    const ports: Ports = {
      ...testPorts(far),
      hasher: hasherOf(far.hasher),
      foreign: far.foreign,
      clock: { now: () => sites.get(site)?.now ?? 0 },
    };
    return {
      gateway: createGateway(ports, unpack(decodeURIComponent(settings)) as Settings),
      ports,
      store: remote<OpenStore>(ask, ['store']),
    };
  });
}

/** Whether a verifier is outdated has to be told at once. */
function hasherOf(far: PasswordHasher): PasswordHasher {
  return {
    hash: (digest) => far.hash(digest),
    verify: (verifier, digest) => far.verify(verifier, digest),
    isOutdated: testHasher().isOutdated,
  };
}

type Ask = (path: readonly string[], args: readonly unknown[]) => Promise<unknown>;

/** Any object of ports: what is called on it, however deep, is asked of the test's process. */
function remote<T extends object>(ask: Ask, path: readonly string[]): T {
  const target: object = (...args: readonly unknown[]) => ask(path, args);
  return new Proxy(target as T, {
    // Nothing here is a promise.
    get: (_, name) => (name === 'then' ? undefined : remote<object>(ask, [...path, String(name)])),
  });
}
