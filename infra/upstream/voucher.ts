/** How the gateway tells the site who calls: one of three ways. @see PROTOCOL §10 */
import type { Credential, SiteCall } from './upstream.ts';

/** What goes into a call. */
export interface Vouched {
  readonly kind: 'vouched';
  /** Arguments, beside the account's name. */
  readonly credentials: readonly Credential[];
  /** Headers, which may depend on the body as it is sent. */
  headers(body: Uint8Array): Promise<Readonly<Record<string, string>>>;
}

/** Why the site cannot be told: the caller gets refusal 502. */
export interface NotVouched {
  readonly kind: 'impossible';
  /** Names the account, and what it lacks. */
  readonly reason: string;
}

/** A way to vouch for callers. */
export interface Voucher {
  /** @throws {SecretMissing} and what the site's own challenge may fail with */
  vouch(call: SiteCall, signal: AbortSignal): Promise<Vouched | NotVouched>;
}
