/**
 * A site's own code, asking a whole gateway in the test's process. Each answer is held to the description: a
 * success to the schema of its operation, anything else to that of a problem.
 */
import * as v from 'valibot';
import { expect } from 'vitest';
import { type Scope, scopes } from '../../core/auth/token.ts';
import { createGateway } from '../../core/protocol/gateway.ts';
import { defaultSettings } from '../../core/protocol/gateway-settings.ts';
import { createApi } from '../../functions/api/api-app.ts';
import { apiContext } from '../../functions/api/api-context.ts';
import { operations } from '../../functions/api/operations.ts';
import { FetchRequest, fetchResponse } from '../../functions/runtime/worker/fetch-request.ts';
import { createHandler } from '../../functions/wire/handle-request.ts';
import type { LogFields, RequestEntry } from '../../functions/wire/request-log.ts';
import { addToken } from '../../infra/operations/token-operations.ts';
import { testPorts } from './ports.ts';
import { openSite, type Site } from './site.ts';

/** An answer of the interface. */
export interface ApiAnswer {
  readonly status: number;
  readonly headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers, which were held to their schemas.
  readonly body: any;
}

/** What to change about a request. */
interface Change {
  readonly body?: unknown;
  /** `undefined`: none. */
  readonly token?: string | undefined;
  readonly headers?: Readonly<Record<string, string>>;
  readonly address?: string | undefined;
}

/** A gateway with the interface, and a token for all of it. */
export interface ApiSite {
  readonly site: Site;
  readonly token: string;
  readonly log: readonly RequestEntry[];
  readonly audit: readonly LogFields[];
  makeToken(name: string, scopes: readonly Scope[], expires?: number): Promise<string>;
  /** `ask('PUT /accounts/alice/status', { body })`. */
  ask(what: string, change?: Change): Promise<ApiAnswer>;
  /** Any request at all. */
  fetch(path: string, init: RequestInit, address?: string): Promise<Response>;
}

const problem = v.strictObject({
  title: v.string(),
  status: v.number(),
  detail: v.optional(v.string()),
  faults: v.optional(v.array(v.strictObject({ field: v.string(), rule: v.string() }))),
});

/** Opens a site with the account `test` / `test`. */
export async function openApiSite(): Promise<ApiSite> {
  const site = await openSite();
  const { store, clock } = site;
  const ports = testPorts(store, { clock });
  const gateway = createGateway(ports, defaultSettings);
  const [log, audit]: [RequestEntry[], LogFields[]] = [[], []];
  const context = apiContext({
    gateway,
    ports,
    store,
    bans: defaultSettings.bans,
  });
  const reports = {
    log: (entry: RequestEntry) => log.push(entry),
    logError: (error: unknown) => {
      throw error;
    },
  };
  const api = createApi({
    ...reports,
    audit: { info: (fields) => audit.push(fields) },
    open: async () => context,
  });
  const handle = createHandler({ ...reports, endpoints: [], api });
  const makeToken = async (name: string, scopes: readonly Scope[], expires?: number) =>
    (await addToken(context.operator, { name, scopes, expires })).token;
  const token = await makeToken('everything', scopes);
  const self: ApiSite = {
    site,
    token,
    log,
    audit,
    makeToken,
    fetch: (path, init, address = '10.0.0.1') =>
      handle(
        new FetchRequest(new Request(new URL(path, 'http://localhost'), init), { id: 'test', address }),
      ).then(fetchResponse),
    async ask(what, change = {}) {
      const [method = '', path = ''] = what.split(' ');
      const shown = 'token' in change ? change.token : token;
      const headers = {
        ...(shown !== undefined && { Authorization: `Bearer ${shown}` }),
        ...('body' in change && { 'Content-Type': 'application/json' }),
        ...change.headers,
      };
      const body = 'body' in change ? { body: JSON.stringify(change.body) } : {};
      const reply = await self.fetch(`/api/v1${path}`, { method, headers, ...body }, change.address);
      return held(method, path, reply);
    },
  };
  return self;
}

async function held(method: string, path: string, reply: Response): Promise<ApiAnswer> {
  const { status, headers } = reply;
  const body: unknown = await reply.json();
  expect(headers.get('Cache-Control')).toContain('no-store');
  if (!reply.ok) {
    expect(headers.get('Content-Type')).toBe('application/problem+json');
    return { status, headers, body: v.parse(problem, body) };
  }
  const plain = path.replace(/\?.*$/, '');
  const operation = Object.values(operations).find(
    (one) => one.method === method && new RegExp(`^${one.path.replace(/\{\w+\}/g, '[^/]+')}$`).test(plain),
  );
  if (!operation) throw new Error(`no operation is ${method} ${path}`);
  const isRefused = Object(body).code !== undefined;
  expect(status).toBe(isRefused ? 200 : (operation.status ?? 200));
  return { status, headers, body: v.parse(operation.result, body) };
}
