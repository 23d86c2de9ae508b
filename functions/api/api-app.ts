/** The interface for sites, `/api/v1`: finds the operation, its token and its input, runs it, and answers in JSON. */
import { Hono } from 'hono/tiny';
import type { Token } from '../../core/auth/token.ts';
import { auditLine } from '../../infra/operations/audit-line.ts';
import { measured } from '../../infra/telemetry/request-measures.ts';
import { addressToLog, type LineLogger, type RequestLog } from '../wire/request-log.ts';
import { apiPath, urlOf } from '../wire/routes.ts';
import { type WireRequest, type WireResponse, wireResponse } from '../wire/wire-request.ts';
import type { ApiContext, ApiOperation } from './api-context.ts';
import { type FindToken, tokenFinder } from './bearer.ts';
import { openApi } from './openapi.ts';
import { operations } from './operations.ts';
import {
  failureProblem,
  type Problem,
  ProblemFound,
  problemBody,
  problemOf,
  ScopeMissing,
} from './problem.ts';
import { referencePage } from './reference-page.ts';
import { readInput } from './request-input.ts';

/** What a runtime supplies for the interface. */
export interface ApiOptions {
  readonly log: RequestLog;
  logError(error: unknown): void;
  /** Where changes are audited. */
  readonly audit: Pick<LineLogger, 'info'>;
  /** Rejects while the store or a secret cannot be opened. */
  open(): Promise<ApiContext>;
}

interface ApiEnv {
  readonly Bindings: { readonly wire: WireRequest };
}

/** Builds what answers requests for the interface. */
export function createApi(
  options: ApiOptions,
): (request: WireRequest, path: string) => Promise<WireResponse> {
  const app = new Hono<ApiEnv>();
  let findToken: FindToken | undefined;
  const verbsAt = new Map<string, string[]>();
  for (const [name, operation] of Object.entries(operations)) {
    const path = `${apiPath}${operation.path.replace(/\{(\w+)\}/g, ':$1')}`;
    verbsAt.set(path, [...(verbsAt.get(path) ?? []), operation.method]);
    app.on(operation.method, path, async ({ req, env: { wire } }) =>
      run(options, name, operation, wire, async (api) => {
        findToken ??= tokenFinder(api.ports.clock);
        const token = await findToken(api, wire.header('authorization'), wire.address);
        requireScope(token, operation);
        const query = new URL(req.url).searchParams;
        return { token, input: await readInput(operation, wire, req.param(), query) };
      }),
    );
  }
  app.get(
    `${apiPath}/openapi.json`,
    () => new Response(openApi(), { headers: description('application/json') }),
  );
  app.get(apiPath, () => new Response(referencePage(), { headers: description('text/html; charset=utf-8') }));
  for (const [path, verbs] of verbsAt) {
    app.all(path, () => problemResponse({ status: 405, headers: { Allow: verbs.join(', ') } }));
  }
  app.notFound(() => problemResponse({ status: 404, detail: `${apiPath} describes what there is.` }));
  return async (wire, path) => {
    const url = urlOf(wire.target);
    const request = new Request(`http://localhost${path}${url?.search ?? ''}`, { method: wire.method });
    const response = await app.fetch(request, { wire });
    return wireResponse(response.status, await response.text(), Object.fromEntries(response.headers));
  };
}

function requireScope({ scopes }: Token, operation: ApiOperation): void {
  const suffices = operation.scopes.length === 0 || operation.scopes.some((scope) => scopes.includes(scope));
  if (!suffices) throw new ScopeMissing(operation.scopes);
}

interface Prepared {
  readonly token: Token;
  readonly input: unknown;
}

/** Runs an operation, and logs it: under its name, with the token's, and the account that it is about. */
async function run(
  options: ApiOptions,
  name: string,
  operation: ApiOperation,
  wire: WireRequest,
  prepare: (api: ApiContext) => Promise<Prepared>,
): Promise<Response> {
  const started = performance.now();
  let prepared: Prepared | undefined;
  let cause: unknown;
  let refusal: number | undefined;
  const [response, measures] = await measured(async () => {
    try {
      const api = await options.open();
      prepared = await prepare(api);
      const result = await operation.run(api, prepared.input, prepared.token);
      refusal = refusalIn(result);
      audit(options, operation, wire, prepared, refusal === undefined ? 'done' : 'failed');
      return success(operation, result);
    } catch (error) {
      const problem = problemOf(error);
      if (!problem) cause = error;
      if (prepared && !(error instanceof ProblemFound) && problem?.status !== 400) {
        audit(options, operation, wire, prepared, 'failed');
      }
      return problemResponse(problem ?? failureProblem(error));
    }
  });
  const account = accountIn(prepared?.input);
  const call = {
    method: name,
    ...(account !== undefined && { account }),
    ...(prepared && { token: prepared.token.name }),
    outcome: refusal ?? (response.ok ? ('ok' as const) : response.status),
    ...(cause !== undefined && { cause }),
  };
  options.log({
    request: wire.id,
    wire: 'api',
    status: response.status,
    ms: performance.now() - started,
    ...measures,
    address: addressToLog(wire, [call]),
    calls: [call],
  });
  return response;
}

function audit(
  { audit }: ApiOptions,
  operation: ApiOperation,
  wire: WireRequest,
  { token, input }: Prepared,
  outcome: 'done' | 'failed',
): void {
  if (operation.audit === undefined) return;
  const by = { token: token.name, id: token.id };
  audit.info({ ...auditLine(operation.audit, Object(input), outcome), by, request: wire.id }, 'audit');
}

/** An end user's credentials were refused: that is an answer, and no problem of the request. */
function refusalIn(result: unknown): number | undefined {
  const { code } = Object(result);
  return typeof code === 'number' ? code : undefined;
}

function accountIn(input: unknown): string | undefined {
  const { username } = Object(input);
  return typeof username === 'string' ? username.slice(0, 25) : undefined;
}

function success({ status, list }: ApiOperation, result: unknown): Response {
  const { version } = Object(result);
  const etag = typeof version === 'string' ? { ETag: `"${version}"` } : {};
  const body = list === undefined ? result : { [list]: result };
  return new Response(JSON.stringify(body), {
    status: status ?? 200,
    headers: { ...unstored('application/json'), ...etag },
  });
}

function problemResponse(problem: Problem): Response {
  return new Response(JSON.stringify(problemBody(problem)), {
    status: problem.status,
    headers: { ...unstored('application/problem+json'), ...problem.headers },
  });
}

function unstored(type: string) {
  return {
    'Content-Type': type,
    'Cache-Control': 'no-store, no-transform',
    'X-Content-Type-Options': 'nosniff',
  };
}

function description(type: string) {
  return { ...unstored(type), 'Cache-Control': 'max-age=300' };
}
