/**
 * Holds forms to the page that they came from, against other sites that send them in a visitor's
 * name: where the browser says it comes from, and a token that only our own page could carry.
 */
import type { Context } from 'hono';
import { getCookie, setCookie } from 'hono/cookie';
import { macHex, readable, sameText } from '../../core/digest.ts';
import type { Randomness } from '../../core/ports.ts';
import type { SessionClaim } from '../../core/session.ts';

const encoder = new TextEncoder();

/**
 * The token of a session's forms. It is made from the session's own secret, which no page shows and
 * no script can read, so it fits that session alone and needs to be kept nowhere.
 */
export function sessionToken({ owner, id, auth }: SessionClaim): string {
  return macHex(encoder.encode(auth), `form:${owner}:${id}`);
}

const cookieName = 'ljform';

/** The token of the sign-in form, bound to a cookie of this browser, made where there is none. */
export function visitorToken(c: Context, random: Randomness, secure: boolean): string {
  const known = getCookie(c, cookieName);
  const seed = known !== undefined && isSeed(known) ? known : readable(random.bytes(32));
  if (seed !== known) {
    setCookie(c, cookieName, seed, { path: '/account', httpOnly: true, sameSite: 'Lax', secure });
  }
  return tokenOf(seed);
}

/** Whether a sign-in form came from our page in this browser. */
export function isVisitorToken(c: Context, token: string): boolean {
  const seed = getCookie(c, cookieName);
  return seed !== undefined && isSeed(seed) && sameText(token, tokenOf(seed));
}

function isSeed(text: string): boolean {
  return /^[a-z2-7]{32}$/.test(text);
}

function tokenOf(seed: string): string {
  return macHex(encoder.encode(seed), 'form');
}

/**
 * Whether the browser says that the form comes from elsewhere. Browsers send `Sec-Fetch-Site` over
 * https and to this machine, and `Origin` with every POST; where a very old one sends neither, the
 * token decides alone. A sibling's page (`same-site`) is elsewhere, too.
 */
export function isFromElsewhere(c: Context): boolean {
  const site = c.req.header('Sec-Fetch-Site');
  if (site !== undefined) return site !== 'same-origin';
  const origin = c.req.header('Origin');
  if (origin === undefined) return false;
  // By host alone: a proxy that ends https talks to us by http.
  return !URL.canParse(origin) || new URL(origin).host !== c.req.header('Host');
}
