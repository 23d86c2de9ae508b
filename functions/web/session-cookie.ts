/** The cookies of a browser that is signed in. */
import { parseUsername, type Username } from '../../core/accounts/username.ts';
import { sessionClaims } from '../../core/sessions/cookies.ts';
import { parseSession } from '../../core/sessions/session-string.ts';
import { isHostOf } from '../../infra/site/cookie-domain.ts';
import type { PageRequest } from './page-request.ts';

type Browser = Pick<PageRequest, 'c' | 'secure' | 'services'>;

const sessionName = 'ljsession';

/** Under this name a site's own pages may keep a session, which ours take as well. @see PROTOCOL §4 */
const masterName = 'ljmastersession';

/** With this prefix browsers take a cookie only from the host itself, over https: no sibling host can set it. */
const accountName = (secure: boolean) => (secure ? '__Host-ljaccount' : 'ljaccount');

/**
 * Signs a browser in. `ljsession` is spelled as clients and older parts of a site read it, without URL-encoding.
 * Scripts cannot read it, and no other site's form can send it. A second cookie names the account, because a
 * sibling host may add an `ljsession` of its own. `maxAge` in seconds; without it, the browser forgets both when it
 * is closed. With a cookie domain the site's other hosts get the session too, but not the second cookie.
 */
export function setSessionCookies(browser: Browser, ljsession: string, maxAge?: number): void {
  const { c, secure, services } = browser;
  const owner = parseSession(ljsession)?.owner ?? '';
  const domain = cookieDomainOf(services.identity.cookieDomain, c.env.wire.header('host'));
  const earlier = valuesOf(c.req.header('Cookie'), sessionName);
  // With a domain, an earlier cookie may be one without: it would stay beside the new one, and be sent first.
  const others = earlier.filter((one) => domain !== '' || parseSession(one)?.owner !== owner);
  if (others.length > 0) clearSessionCookies(browser);
  const age = maxAge === undefined ? '' : `; Max-Age=${maxAge}`;
  setCookie(browser, `${sessionName}=${ljsession}; Path=/${domain}${age}`);
  setCookie(browser, `${accountName(secure)}=${owner}; Path=/${age}`);
}

/** A browser refuses a cookie for a domain that its host is not in, so such a host keeps the session to itself. */
function cookieDomainOf(domain: string | undefined, host = ''): string {
  return domain !== undefined && isHostOf(host, domain) ? `; Domain=${domain}` : '';
}

/** Signs a browser out. The cookies are deleted also where a sibling host may have set them for our pages. */
export function clearSessionCookies(browser: Browser): void {
  const { c, secure } = browser;
  const names = secure ? [sessionName] : [sessionName, accountName(secure)];
  // Other values of that name, `v1:…`, are an older site's own, and it signs out by itself.
  const masters = valuesOf(c.req.header('Cookie'), masterName);
  if (masters.some((value) => sessionClaims(`${masterName}=${value}`).length > 0)) names.push(masterName);
  const domains = domainsOf(c.env.wire.header('host')).map((domain) => `; Domain=${domain}`);
  for (const name of names) {
    for (const domain of ['', ...domains]) {
      for (const path of ['/', '/account', '/account/']) {
        setCookie(browser, `${name}=; Path=${path}${domain}; Max-Age=0`);
      }
    }
  }
  if (secure) setCookie(browser, `${accountName(secure)}=; Path=/; Max-Age=0`);
}

/** Which account signed in with this browser; `undefined` where the pages do not know, or cookies contradict. */
export function accountOfBrowser({ c, secure }: Pick<Browser, 'c' | 'secure'>): Username | undefined {
  const values = new Set(valuesOf(c.req.header('Cookie'), accountName(secure)));
  return values.size === 1 ? parseUsername([...values].join('')) : undefined;
}

function valuesOf(header: string | undefined, name: string): string[] {
  const cookies = (header ?? '').split(';').map((cookie) => cookie.trim());
  return cookies
    .filter((cookie) => cookie.startsWith(`${name}=`))
    .map((cookie) => cookie.slice(name.length + 1));
}

function setCookie({ c, secure }: Pick<Browser, 'c' | 'secure'>, cookie: string): void {
  c.header('Set-Cookie', `${cookie}; HttpOnly; SameSite=Lax${secure ? '; Secure' : ''}`, { append: true });
}

/** A host name may have 253 characters (RFC 1035 §2.3.4), and a sibling host shares the last few labels. */
const longestHost = 253;
const mostDomains = 8;

/** The domains for which a browser takes a cookie from this host: its own, and those above it but for the last. */
function domainsOf(host = ''): string[] {
  const name = host.replace(/:\d*$/, '');
  const labels = name.split('.');
  const isName =
    name.length <= longestHost && /^[a-z\d.-]+$/i.test(name) && /^[a-z]/i.test(labels.at(-1) ?? '');
  if (!isName) return [];
  return labels
    .map((_, i) => labels.slice(i).join('.'))
    .slice(0, -1)
    .slice(-mostDomains);
}
