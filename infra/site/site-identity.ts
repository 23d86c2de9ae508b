/** What a site calls itself on the pages, where its own pages are, and which of its hosts get the session. */
import * as v from 'valibot';
import { visibleName, webUrl } from '../../core/accounts/validation.ts';
import { cookieDomain } from './cookie-domain.ts';

/** The names and addresses; each may be absent. */
export interface SiteIdentity {
  readonly name?: string;
  /** The site's front page. */
  readonly home?: string;
  /** Where people register. */
  readonly register?: string;
  readonly forgotPassword?: string;
  /** Where people ask the site's staff. */
  readonly help?: string;
  /** Browsers send a session to each host of this domain; absent: to the pages' own host. */
  readonly cookieDomain?: string;
}

/** As members of the site's file. */
export const siteIdentity = {
  name: v.exactOptional(visibleName(100)),
  home: v.exactOptional(webUrl),
  register: v.exactOptional(webUrl),
  forgotPassword: v.exactOptional(webUrl),
  help: v.exactOptional(webUrl),
  cookieDomain: v.exactOptional(cookieDomain),
};

/** The identity in a site's data. */
export function identityIn(data: SiteIdentity): SiteIdentity {
  const { name, home, register, forgotPassword, help, cookieDomain } = data;
  return {
    ...(name !== undefined && { name }),
    ...(home !== undefined && { home }),
    ...(register !== undefined && { register }),
    ...(forgotPassword !== undefined && { forgotPassword }),
    ...(help !== undefined && { help }),
    ...(cookieDomain !== undefined && { cookieDomain }),
  };
}
