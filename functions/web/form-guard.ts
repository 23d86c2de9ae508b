/**
 * Protects forms against other sites that make a user's browser send them (CSRF): by the headers in which
 * the browser says where a form comes from, and by a token that only our own page has.
 */
import { getCookie, setCookie } from 'hono/cookie';
import { macHex, readable, sameText } from '../../core/auth/digest.ts';
import type { Randomness } from '../../core/ports.ts';
import type { SessionClaim } from '../../core/sessions/session-string.ts';
import { isFromAnotherSite } from '../wire/another-site.ts';
import type { PageContext } from './web-context.ts';

const encoder = new TextEncoder();

/**
 * The token of a session's forms. It is made from the session's own secret, which no page shows and
 * no script can read, so it fits that session alone and is stored nowhere.
 */
export function sessionToken({ owner, id, auth }: SessionClaim): string {
  return macHex(encoder.encode(auth), `form:${owner}:${id}`);
}

const cookieName = 'ljform';

/** The token of the sign-in form, bound to a cookie of this browser, made where there is none. */
export function signInToken(c: PageContext, random: Randomness, secure: boolean): string {
  const known = getCookie(c, cookieName);
  const seed = known !== undefined && isSeed(known) ? known : readable(random.bytes(32));
  if (seed !== known) {
    setCookie(c, cookieName, seed, { path: '/account', httpOnly: true, sameSite: 'Lax', secure });
  }
  return tokenOf(seed);
}

/** Whether a sign-in form came from our page in this browser. */
export function isSignInToken(c: PageContext, token: string): boolean {
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
 * Whether the browser says that the form comes from elsewhere. Only our own pages have forms, so a POST that
 * no page made, or one whose page hides its origin, is not ours. Where a very old browser says nothing, the
 * token decides alone.
 */
export function isFromElsewhere({ env: { wire } }: PageContext): boolean {
  const site = wire.header('sec-fetch-site');
  const origin = wire.header('origin');
  const hides = site === undefined && origin !== undefined && !/^https?:/i.test(origin);
  return isFromAnotherSite(wire) || site === 'none' || hides;
}
