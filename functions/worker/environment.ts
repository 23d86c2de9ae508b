/** What a Worker is given: bindings, variables and secrets, by the names in wrangler.jsonc. */
import type { D1Database } from '../../infra/store/d1.ts';

/** Cloudflare's rate limiter. @see https://developers.cloudflare.com/workers/runtime-apis/bindings/rate-limit/ */
export interface RateLimiter {
  limit(options: { readonly key: string }): Promise<{ readonly success: boolean }>;
}

/** Variables, and the secrets LJGATE_ROOT_SECRET, AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY. */
export type Variables = Readonly<Record<string, unknown>>;

/** The environment. */
export type Environment = Variables & {
  /** Where accounts and sessions are, unless LJGATE_STORE names DynamoDB tables. */
  readonly DB?: D1Database;
  /** Calls from one address. */
  readonly CALLS?: RateLimiter;
};

/** What the runtime says about one event. */
export interface Execution {
  /** Lets work go on when nobody waits for the answer any more. */
  waitUntil(work: Promise<unknown>): void;
}

/**
 * Reads a variable, or gives `otherwise` where it is not set.
 * @throws {Error} naming the variable and what it wants; what it got only where that is no secret
 */
export function readVariable<T>(
  variables: Variables,
  name: string,
  parse: (text: string) => T,
  otherwise?: T,
): T {
  const text = variables[name];
  if (text === undefined && otherwise !== undefined) return otherwise;
  if (text === undefined || text === '') throw new Error(`${name} is not set`);
  try {
    return parse(typeof text === 'string' ? text : JSON.stringify(text));
  } catch (cause) {
    throw new Error(`${name} ${cause instanceof Error ? cause.message : ''}`, { cause });
  }
}
