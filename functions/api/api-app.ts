/** The interface for sites, `/api/v1`: finds the operation, its token and its input, runs it, and answers in JSON. */
import { Hono } from 'hono/tiny';
import type { Token } from '../../core/auth/token.ts';
import { apiPath, tidied, urlOf } from '../wire/routes.ts';
import { type WireRequest, type WireResponse, wireResponse } from '../wire/wire-request.ts';
import type { ApiOperation } from './api-context.ts';
import { type FindToken, tokenFinder } from './bearer.ts';
import { description, problemResponse } from './json-response.ts';
import { openApi } from './openapi.ts';
import { operations } from './operations.ts';
import { ScopeMissing } from './problem.ts';
import { referencePage, referencePolicy } from './reference-page.ts';
import { readInput } from './request-input.ts';
import { type ApiOptions, runOperation } from './run-operation.ts';

interface ApiEnv {
  readonly Bindings: { readonly wire: WireRequest };
}

const knownVerbs = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE']);

/** Builds what answers requests for the interface. */
export function createApi(options: ApiOptions): (request: WireRequest) => Promise<WireResponse> {
  const app = new Hono<ApiEnv>();
  let findToken: FindToken | undefined;
  const verbsAt = new Map<string, string[]>();
  for (const [name, operation] of Object.entries(operations)) {
    const path = `${apiPath}${operation.path.replace(/\{(\w+)\}/g, ':$1')}`;
    verbsAt.set(path, [...(verbsAt.get(path) ?? []), operation.method]);
    app.on(operation.method, path, async ({ req, env: { wire } }) =>
      runOperation(options, name, operation, wire, async (api) => {
        findToken ??= tokenFinder(api.ports.clock);
        const token = await findToken(api, wire.header('authorization'), wire.address);
        requireScope(token, operation);
        const query = new URL(req.url).searchParams;
        return { token, input: await readInput(operation, wire, req.param(), query) };
      }),
    );
  }
  app.get(`${apiPath}/openapi.json`, () => description('application/json', openApi()));
  app.get(apiPath, () => {
    const policy = { 'Content-Security-Policy': referencePolicy() };
    return description('text/html; charset=utf-8', referencePage(), policy);
  });
  for (const [path, verbs] of verbsAt) {
    app.all(path, () => problemResponse({ status: 405, headers: { Allow: verbs.join(', ') } }));
  }
  app.notFound(() => problemResponse({ status: 404, detail: `${apiPath} describes what there is.` }));
  return async (wire) => {
    const url = urlOf(wire.target) ?? new URL('http://localhost');
    // Not decoded yet: an escaped line end would be taken out of a URL as it is made, and name another account.
    url.pathname = tidied(url.pathname);
    // A `Request` takes no TRACE; no operation is an OPTIONS, either.
    const method = knownVerbs.has(wire.method) ? wire.method : 'OPTIONS';
    const request = new Request(url, { method });
    const response = await app.fetch(request, { wire });
    return wireResponse(response.status, await response.text(), Object.fromEntries(response.headers));
  };
}

function requireScope({ scopes }: Token, operation: ApiOperation): void {
  const suffices = operation.scopes.length === 0 || operation.scopes.some((scope) => scopes.includes(scope));
  if (!suffices) throw new ScopeMissing(operation.scopes);
}
