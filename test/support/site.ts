/**
 * A whole gateway: both endpoints, a store in memory, a clock that the test sets. In the test's own process, or, where
 * LJGATE_TEST_RUNTIME is `workerd`, with its endpoints and pages in a Worker.
 */

import type { Account, UserId } from '../../core/accounts/account.ts';
import type { Username } from '../../core/accounts/username.ts';
import type { Ports } from '../../core/ports.ts';
import { createGateway } from '../../core/protocol/gateway.ts';
import { defaultSettings, type Settings } from '../../core/protocol/gateway-settings.ts';
import { FetchRequest, fetchResponse } from '../../functions/runtime/worker/fetch-request.ts';
import { webPages } from '../../functions/web/app.ts';
import { webContext } from '../../functions/web/web-context.ts';
import { flatEndpoint } from '../../functions/wire/flat/flat-endpoint.ts';
import { createHandler } from '../../functions/wire/handle-request.ts';
import type { RequestEntry } from '../../functions/wire/request-log.ts';
import { xmlrpcEndpoint } from '../../functions/wire/xmlrpc/xmlrpc-endpoint.ts';
import type { SiteIdentity } from '../../infra/site/site-identity.ts';
import type { OpenStore } from '../../infra/stores/open-store.ts';
import { openSqliteInMemory } from '../../infra/stores/sqlite/sqlite-store.ts';
import { type TestClock, testAccount, testClock, testPorts } from './ports.ts';
import { openSiteInWorker } from './site-in-worker.ts';
import { callDocument, flatReply, type WireReply, xmlrpcReply } from './wire.ts';

/** The two spellings of the protocol. */
export const wires = ['flat', 'xmlrpc'] as const;
export type Wire = (typeof wires)[number];

/** Arguments by their XML-RPC names; a list is only ever `expire`. */
export type Fields = Readonly<Record<string, string | readonly string[]>>;

/** What a request has beside its arguments. */
export interface Extras {
  readonly headers?: Readonly<Record<string, string>>;
  readonly address?: string;
}

/** A site to make calls to. */
export interface Site {
  readonly clock: TestClock;
  readonly ports: Ports;
  readonly store: OpenStore;
  readonly log: RequestEntry[];
  /** A call as a client of that wire makes it. */
  call(wire: Wire, method: string, fields?: Fields, extras?: Extras): Promise<WireReply>;
  /** Any request at all. */
  fetch(path: string, init?: RequestInit, address?: string): Promise<Response>;
  /** A session of an account, made by sessiongenerate. */
  session(fields?: Fields, extras?: Extras): Promise<string>;
  /** Whether a session still logs its owner in. */
  isAlive(session: string, address?: string): Promise<boolean>;
  /** An account that the site does not have yet. */
  add(account: Partial<Account>): Promise<void>;
}

const paths: Readonly<Record<Wire, string>> = { flat: '/interface/flat', xmlrpc: '/interface/xmlrpc' };
const home = '192.0.2.1';

/** Opens a site with the account `test` / `test`, changed as asked. */
export async function openSite(
  account: Partial<Account> = {},
  settings: Partial<Settings> = {},
  overrides: Partial<Ports> = {},
  identity: SiteIdentity = {},
): Promise<Site> {
  const clock = testClock();
  const store = openSqliteInMemory();
  let userid = 1000;
  const ports = testPorts(store, { clock, ...overrides });
  await ports.accounts.add(testAccount(account));
  const all = { ...defaultSettings, ...settings };
  const gateway = createGateway(ports, all);
  const log: RequestEntry[] = [];
  const common = {
    log: (entry: RequestEntry) => log.push(entry),
    logError: (error: unknown) => {
      throw error;
    },
  };
  const context = webContext({ gateway, ports, store, identity });
  const handle = createHandler({
    ...common,
    endpoints: [flatEndpoint(gateway), xmlrpcEndpoint(gateway)],
    pages: webPages({
      ...common,
      open: async () => context,
      front: () => ({ console: true, demo: [] }),
    }),
  });
  const inWorker = process.env['LJGATE_TEST_RUNTIME'] === 'workerd';
  const worker = inWorker ? await openSiteInWorker({ ports, store, settings: all }, log) : undefined;
  const site: Site = {
    clock,
    ports,
    store,
    log,
    fetch: async (path, init = {}, address = home) =>
      worker
        ? worker(path, init, address)
        : handle(
            new FetchRequest(new Request(new URL(path, 'http://localhost'), init), { id: 'test', address }),
          ).then(fetchResponse),
    async call(wire, method, fields = {}, { headers = {}, address } = {}) {
      const { path, body } = spelled(wire, method, fields);
      const reply = await site.fetch(path, { method: 'POST', body, headers }, address);
      return replyOn(wire, await reply.text());
    },
    async session(fields = {}, extras) {
      const reply = await site.call('flat', 'sessiongenerate', { ...right, ...fields }, extras);
      return reply.value('ljsession') ?? `refused: ${reply.why}`;
    },
    async isAlive(session, address) {
      const username = session.split(':')[1] ?? '';
      const headers = { 'X-LJ-Auth': 'cookie', Cookie: `ljsession=${session}` };
      const fields = { username, auth_method: 'cookie' };
      return (await site.call('flat', 'login', fields, { headers, ...(address && { address }) })).ok;
    },
    async add(other) {
      await ports.accounts.add(testAccount({ userid: userid++ as UserId, ...other }));
    },
  };
  return site;
}

/** The right account and password, and the right account with a wrong one. */
export const right = { username: 'test', password: 'test' } as const;
export const wrong = { username: 'test', password: 'wrong' } as const;

/** A branded name for fixtures. */
export const named = (name: string) => name as Username;

/** A call as a client of that wire spells it. */
export function spelled(wire: Wire, method: string, fields: Fields = {}) {
  return { path: paths[wire], body: wire === 'flat' ? formBody(method, fields) : callBody(method, fields) };
}

/** Reads a reply as a client of that wire does. */
export function replyOn(wire: Wire, text: string): WireReply {
  return wire === 'flat' ? flatReply(text) : xmlrpcReply(text);
}

function formBody(mode: string, fields: Fields): string {
  const form = new URLSearchParams({ mode });
  for (const [name, value] of Object.entries(fields)) {
    if (name === 'expire') for (const id of [value].flat()) form.append(`expire_id_${id}`, '1');
    else form.append(name === 'username' ? 'user' : name, String(value));
  }
  return form.toString();
}

function callBody(method: string, fields: Fields): string {
  const list = (ids: readonly string[]) =>
    `<array><data>${ids.map((id) => `<value><string>${id}</string></value>`).join('')}</data></array>`;
  const args = Object.entries(fields).map(([name, value]) => [
    name,
    typeof value === 'string' ? escapeXml(value) : list(value),
  ]);
  return callDocument(`LJ.XMLRPC.${method}`, Object.fromEntries(args));
}

function escapeXml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
}
