/** Plugs the site together: the client, the way to vouch, and this runtime's HTTP. */
import type { Sealer } from '../../core/ports.ts';
import type { Keys } from '../secrets/secret-keys.ts';
import { hpasswordVoucher, isConfidential } from './account-secret.ts';
import { assertionVoucher } from './assertion.ts';
import { byteBudget } from './byte-budget.ts';
import { askChallenge, challengeVoucher } from './site-challenge.ts';
import { siteClient } from './site-client.ts';
import type { Transport } from './transport.ts';
import { endpointOf, type Upstream, type UpstreamAuth } from './upstream.ts';
import type { Voucher } from './voucher.ts';

/** What an operator sets about the site. */
export interface UpstreamSettings {
  readonly upstream: URL;
  readonly upstreamAuth: UpstreamAuth;
  /** `iss` of assertions. */
  readonly upstreamIssuer: string;
}

/** What a runtime brings. */
export interface UpstreamPlatform {
  readonly transport: Transport;
  /** Bytes that relayed calls may hold. */
  readonly bytes: number;
  /** Whether the process runs between requests. */
  readonly runsBetweenRequests: boolean;
}

/**
 * Opens the site. Nothing is sent yet.
 * @throws {Error} where the way to vouch would show a password to others
 */
export function openUpstream(
  settings: UpstreamSettings,
  { keys, sealer }: { readonly keys: Keys; readonly sealer: Sealer },
  { transport, bytes, runsBetweenRequests }: UpstreamPlatform,
): Upstream {
  const { upstream: url, upstreamAuth, upstreamIssuer: issuer } = settings;
  const budget = byteBudget(bytes);
  if (upstreamAuth !== 'assertion' && !isConfidential(url)) {
    throw new Error(
      `--upstream-auth ${upstreamAuth} shows passwords to whoever reads the way to ${url.origin}; ` +
        'use https, a private address, or --upstream-auth assertion',
    );
  }
  const voucherOf = (): Voucher => {
    switch (upstreamAuth) {
      case 'assertion':
        return assertionVoucher({ issuer, audience: url.origin, keys });
      case 'hpassword':
        return hpasswordVoucher({ sealer });
      case 'challenge': {
        const ask = async (signal: AbortSignal) =>
          (await askChallenge(transport, endpointOf(url, 'flat'), budget, signal)).challenge;
        return challengeVoucher({ sealer, runsBetweenRequests, ask });
      }
    }
  };
  return siteClient({ url, transport, voucher: voucherOf(), budget });
}
