/**
 * The tests' own Worker: the Worker's handler over the ports of a site in a test's process. Each request
 * says which site it is for, and what time it is there; the log of it goes back with the reply.
 */

import type { PasswordHasher, Ports } from '../../core/ports.ts';
import { createGateway } from '../../core/protocol/gateway.ts';
import type { Settings } from '../../core/protocol/gateway-settings.ts';
import type { Environment, Execution } from '../../functions/runtime/worker/environment.ts';
import { type WorkerHandler, workerHandler } from '../../functions/runtime/worker/worker-handler.ts';
import type { ComposedPorts } from '../../infra/compose.ts';
import type { OpenStore } from '../../infra/stores/open-store.ts';
import { errorFrom, type PortAnswer, pack, unpack } from './port-calls.ts';
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
    if (header('X-Test-Host')) asked.headers.set('Host', header('X-Test-Host'));
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
    if ('error' in answer) throw errorFrom(answer.error);
    return answer.value;
  };
  return workerHandler(async () => {
    const far = remote<Ports>(ask, ['ports']);
    const ports: ComposedPorts = {
      ...testPorts(far),
      hasher: hasherOf(far.hasher),
      bcrypt: far.bcrypt,
      clock: { now: () => sites.get(site)?.now ?? 0 },
      checkHealth: async () => {},
    };
    const unpacked = unpack(decodeURIComponent(settings)) as Settings;
    return {
      gateway: createGateway(ports, unpacked),
      bans: unpacked.bans,
      identity: {},
      ports,
      store: remote<OpenStore>(ask, ['store']),
    };
  });
}

/** `isOutdated` has to answer without waiting, so it is not asked of the test's process. */
function hasherOf(far: PasswordHasher): PasswordHasher {
  return {
    hash: (digest) => far.hash(digest),
    verify: (verifier, digest) => far.verify(verifier, digest),
    isOutdated: testHasher().isOutdated,
  };
}

type Ask = (path: readonly string[], args: readonly unknown[]) => Promise<unknown>;

/** What a store in memory gives at once, without a promise. */
const local = new Map<string, unknown>([
  ['store.admin.accounts.oversize', () => undefined],
  ['ports.spent.epoch', undefined],
]);

function remotePart(ask: Ask, path: readonly string[]): unknown {
  const name = path.join('.');
  return local.has(name) ? local.get(name) : remote<object>(ask, path);
}

/** Any object of ports: what is called on it, however deep, is asked of the test's process. */
function remote<T extends object>(ask: Ask, path: readonly string[]): T {
  const target: object = (...args: readonly unknown[]) => ask(path, args);
  return new Proxy(target as T, {
    // Nothing here is a promise.
    get: (_, name) => (name === 'then' ? undefined : remotePart(ask, [...path, String(name)])),
  });
}
