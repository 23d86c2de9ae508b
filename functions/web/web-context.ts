/** What the pages are made with: the gateway itself, and the operations that operators use, too. */
import type { Context, Handler } from 'hono';
import type { Ports } from '../../core/ports.ts';
import type { Gateway } from '../../core/protocol/gateway.ts';
import type { Composition } from '../../infra/compose.ts';
import type { Operator } from '../../infra/operations/operator-context.ts';
import type { SiteIdentity } from '../../infra/site/site-identity.ts';
import type { AdministeredStore } from '../../infra/stores/open-store.ts';
import type { Upstream } from '../../infra/upstream/upstream.ts';
import type { RequestLog } from '../wire/request-log.ts';
import type { WireRequest } from '../wire/wire-request.ts';

/** What every handler of a page finds beside Hono's own request. */
export interface PageEnv {
  readonly Bindings: {
    /** The request as it came, with the caller's address. */
    readonly wire: WireRequest;
    /** Its path, in the one form that routes are written in. */
    readonly path: string;
  };
}
export type PageContext = Context<PageEnv>;
export type PageHandler = Handler<PageEnv>;

/** What pages read and change. */
export interface WebContext {
  /** What the site calls itself. */
  readonly identity: SiteIdentity;
  readonly gateway: Gateway;
  readonly ports: Ports;
  readonly operator: Operator;
}

/** An account whose password is public. */
export interface DemoAccount {
  readonly username: string;
  readonly password: string;
}

/** What a runtime supplies for the pages. */
export interface WebOptions {
  readonly log: RequestLog;
  /** Logs an error that nothing else caught; the client gets a 500 and no more. */
  logError(error: unknown): void;
  /** Rejects while the store or a secret cannot be opened. */
  open(): Promise<WebContext>;
  /** Resolves when calls can be answered; without it there is no `/healthz`. */
  readonly health?: () => Promise<void>;
  /** The site behind, where there is one. */
  readonly upstream?: () => Promise<Pick<Upstream, 'state'> | undefined>;
  /** The public keys of assertions; resolves to `undefined` where none are made. */
  readonly publicKeys?: () => Promise<string | undefined>;
  /** Asked for when the front page is: a wrong setting of it must not take the protocol with it. */
  front(): FrontSettings;
}

/** What the front page has. */
export interface FrontSettings {
  /** Whether it has the protocol console. */
  readonly console: boolean;
  /** What the console fills in; nobody, unless the server serves demo accounts. */
  readonly demo: readonly DemoAccount[];
}

type WebParts = Pick<Composition<AdministeredStore>, 'gateway' | 'store' | 'identity'> & {
  readonly ports: Ports;
};

/** The pages' view of what a gateway was built from. */
export function webContext({ gateway, ports, store, identity }: WebParts): WebContext {
  const operator = { store, clock: ports.clock, random: ports.random, unlock: async () => ports };
  return { identity, gateway, ports, operator };
}
