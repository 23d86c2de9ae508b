/** A Worker's environment, by the names in wrangler.jsonc. */
import type { Variables } from '../../../infra/settings-reader.ts';
import type { D1Database } from '../../../infra/stores/d1/d1-store.ts';

/** Cloudflare's rate limiter. @see https://developers.cloudflare.com/workers/runtime-apis/bindings/rate-limit/ */
export interface RateLimiter {
  limit(options: { readonly key: string }): Promise<{ readonly success: boolean }>;
}

/** Bindings, variables and secrets. */
export type Environment = Variables & {
  /** Where accounts and sessions are, unless LJGATE_STORE names DynamoDB tables. */
  readonly DB?: D1Database;
  /** Calls from one address. */
  readonly CALLS?: RateLimiter;
};

/** What the runtime passes with each event. */
export interface Execution {
  /** Lets work go on after the client has disconnected. */
  waitUntil(work: Promise<unknown>): void;
}
