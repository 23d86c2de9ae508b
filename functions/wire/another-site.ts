/**
 * Whether another site's page made a browser send a request. Any page can make a user's browser POST here, and
 * five refusals would ban the user's own account at his address.
 * @see PROTOCOL §1
 */
import type { WireRequest } from './wire-request.ts';

/**
 * Reads `Sec-Fetch-Site`, which browsers send over https and to localhost; without it reads `Origin`, which they
 * send with every POST. Programs send neither. A page of a sibling host counts as another site's.
 */
export function isFromAnotherSite(request: Pick<WireRequest, 'header'>): boolean {
  const site = request.header('sec-fetch-site');
  if (site !== undefined) return site !== 'same-origin' && site !== 'none';
  const origin = request.header('origin') ?? '';
  return /^https?:\/\//i.test(origin) && !isHost(origin, request.header('host') ?? '');
}

/** Compares hosts only, not schemes: behind a proxy that terminates https, our own scheme is http. */
function isHost(origin: string, host: string): boolean {
  if (!URL.canParse(origin)) return false;
  const { protocol, host: from } = new URL(origin);
  const own = `${protocol}//${host}`;
  return URL.canParse(own) && new URL(own).host === from;
}
