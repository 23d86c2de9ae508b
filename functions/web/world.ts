/** What the pages stand on: the gateway itself, and the operations that operators use, too. */
import type { Context } from 'hono';
import type { Gateway } from '../../core/gateway.ts';
import type { Ports } from '../../core/ports.ts';
import type { Operator } from '../../infra/operations/operator.ts';
import type { OpenStore } from '../../infra/store/open-store.ts';
import type { AppOptions } from '../http/app.ts';

/** An opened world. */
export interface WebWorld {
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
export interface WebOptions extends Pick<AppOptions, 'log' | 'logError' | 'addressOf' | 'requestIdOf'> {
  /** Rejects while the world cannot be opened. */
  open(): Promise<WebWorld>;
  /** Whether the browser's connection is encrypted: then its cookies are for such connections only. */
  schemeOf(c: Context): 'http' | 'https';
  /** Whether the front page has the protocol console. */
  readonly console: boolean;
  /** What the console fills in; nobody, unless the server serves demo accounts. */
  readonly demo: readonly DemoAccount[];
}

/** The pages' view of what a gateway was built from. */
export function webWorld(gateway: Gateway, ports: Ports, store: OpenStore): WebWorld {
  const operator = { store, clock: ports.clock, random: ports.random, unlock: async () => ports };
  return { gateway, ports, operator };
}
