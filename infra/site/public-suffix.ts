/**
 * Domains under which everybody can have a host, such as `co.uk` and `github.io`. Kept apart from the other checks
 * of a site's file: the list is large, and the protocol's functions need none of it.
 * @see https://publicsuffix.org
 */
import { getPublicSuffix } from 'tldts';
import type { SiteIdentity } from './site-identity.ts';

/**
 * Refuses a cookie domain under which strangers have hosts: each of them would get the sessions.
 * @throws {Error} where the domain is a public suffix
 */
export function refusePublicSuffix({ cookieDomain }: Pick<SiteIdentity, 'cookieDomain'>): void {
  if (cookieDomain === undefined) return;
  if (getPublicSuffix(cookieDomain, { allowPrivateDomains: true }) === cookieDomain) {
    throw new Error(
      `cookieDomain: everybody can have a host under ${cookieDomain}; use the site's own domain`,
    );
  }
}
