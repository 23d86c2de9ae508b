/** The site behind the gateway, as the relay uses it. @see PROTOCOL §10 */
import type { Account } from '../../core/accounts/account.ts';

/** The ways to vouch for a caller. @see PROTOCOL §10 */
export const upstreamAuths = ['assertion', 'hpassword', 'challenge'] as const;
export type UpstreamAuth = (typeof upstreamAuths)[number];

/** How the caller proved who it is. */
export type ProvedBy = 'password' | 'challenge' | 'client-key' | 'session';

/** The client that calls, as the site is told about it. */
export interface Caller {
  /** `User-Agent`. */
  readonly agent: string | undefined;
  readonly address: string | undefined;
  readonly scheme?: 'http' | 'https';
  /** The platform's id of the request, which both logs then have. */
  readonly request?: string;
}

/** One argument of a call: its name and its text. */
export type Credential = readonly [name: string, value: string];

/** A call of an authenticated caller, without its own credentials. */
export interface SiteCall {
  readonly wire: 'flat' | 'xmlrpc';
  /** `getevents`. */
  readonly method: string;
  readonly account: Account;
  readonly provedBy: ProvedBy;
  readonly caller: Caller;
  readonly contentType: string;
  /** The body, with the account's name and these credentials of the site's own in it. */
  body(credentials: readonly Credential[]): Uint8Array;
  /** Bytes of a reply that the platform can return. */
  readonly largestReply: number;
}

/** What the site answered. */
export interface SiteReply {
  readonly kind: 'answered';
  readonly contentType: string;
  readonly body: Uint8Array;
  /** Milliseconds from the request to the whole reply. */
  readonly ms: number;
  /** Gives back the memory that is counted for the reply: to be called once it was sent or read. */
  release(): void;
}

/** Why there is no answer to hand on: the caller gets refusal 502. */
export interface SiteFailure {
  readonly kind: 'failed';
  /** For the log, in plain words. It names the account where that lacks something. */
  readonly reason: string;
  readonly ms?: number;
  /** The site's HTTP status, where it answered at all. */
  readonly status?: number;
  readonly cause?: unknown;
}

/** The site behind. */
export interface Upstream {
  /** Sends a call, vouched for, at most once. Never rejects, and always settles within its time-out. */
  call(call: SiteCall): Promise<SiteReply | SiteFailure>;
  /** Whether calls are sent at all now: `failing` while the circuit breaker is open. */
  state(): 'ok' | 'failing';
}

/** Where the site answers a wire, below the URL that was set. */
export function endpointOf(base: URL, wire: SiteCall['wire']): URL {
  const url = new URL(base);
  url.pathname = `${base.pathname.replace(/\/$/, '')}/interface/${wire}`;
  return url;
}
