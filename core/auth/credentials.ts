/** Reads a call's credentials from its arguments and headers; verifies nothing. */
import { utf8ToBytes } from '@noble/hashes/utils.js';
import type { Username } from '../accounts/username.ts';
import type { Context } from '../protocol/context.ts';
import { type Arguments, Octets, textOr } from '../protocol/values.ts';
import { sessionClaims } from '../sessions/cookies.ts';
import type { SessionClaim } from '../sessions/session-string.ts';
import { type Md5Hex, md5Hex, parseMd5Hex } from './digest.ts';

/** How a caller shows who it is. @see PROTOCOL §4 */
export type Credentials =
  /**
   * The password itself: md5_hex(password), and the beginning of its bytes, for bcrypt hashes imported
   * from other sites.
   */
  | {
      readonly method: 'clear';
      readonly sent: 'password';
      readonly digest: Md5Hex;
      readonly password: Uint8Array;
    }
  /** md5_hex(password), computed by the client. */
  | { readonly method: 'clear'; readonly sent: 'hpassword'; readonly digest: Md5Hex }
  /** Without a response, or with one that is no digest, the challenge is spent all the same. */
  | { readonly method: 'challenge'; readonly challenge: string; readonly response: Md5Hex | undefined }
  | { readonly method: 'cookie'; readonly claims: readonly SessionClaim[] }
  /** Nothing that could be right: refused, and counted only if it may have been a guess. */
  | { readonly method: AuthMethod | 'unknown'; readonly sent: 'nothing'; readonly counts: boolean };

/** bcrypt reads 72 bytes; three more complete a UTF-8 character that begins in them. */
const carried = 75;

/** The values of `auth_method`. */
export type AuthMethod = 'clear' | 'challenge' | 'cookie';

/** Reads `auth_method`: empty counts as absent; bytes that are no text name no method. */
export function authMethodIn(args: Arguments): AuthMethod | 'unknown' {
  const method = textOr(args.get('auth_method') ?? '', 'unknown') || 'clear';
  return method === 'clear' || method === 'challenge' || method === 'cookie' ? method : 'unknown';
}

/** Reads the credentials of a call. */
export function readCredentials(args: Arguments, context: Context, username: Username): Credentials {
  switch (authMethodIn(args)) {
    case 'clear':
      return readClear(args);
    case 'challenge':
      return readResponse(args);
    case 'cookie':
      return readCookie(context, username);
    case 'unknown':
      return { method: 'unknown', sent: 'nothing', counts: false };
  }
}

/** Which argument has the secret of `clear`: a non-empty `hpassword`, as some clients send `password=""` beside it. */
export function clearArgumentIn(args: Arguments): 'password' | 'hpassword' {
  const hpassword = args.get('hpassword');
  return hpassword !== undefined && textOr(hpassword, '?') !== '' ? 'hpassword' : 'password';
}

function readClear(args: Arguments): Credentials {
  if (clearArgumentIn(args) === 'hpassword') {
    const digest = parseMd5Hex(textOr(args.get('hpassword'), ''));
    if (!digest) return { method: 'clear', sent: 'nothing', counts: true };
    return { method: 'clear', sent: 'hpassword', digest };
  }
  const password = args.get('password');
  if (typeof password !== 'string' && !(password instanceof Octets)) {
    return { method: 'clear', sent: 'nothing', counts: false };
  }
  const bytes = typeof password === 'string' ? utf8ToBytes(password) : password.bytes;
  return { method: 'clear', sent: 'password', digest: md5Hex(bytes), password: bytes.slice(0, carried) };
}

function readResponse(args: Arguments): Credentials {
  const challenge = textOr(args.get('auth_challenge'), '');
  const response = parseMd5Hex(textOr(args.get('auth_response'), ''));
  if (challenge === '') return { method: 'challenge', sent: 'nothing', counts: false };
  return { method: 'challenge', challenge, response };
}

/** The session counts only with `X-LJ-Auth: cookie`: browsers send cookies also for other sites' pages. */
function readCookie({ ljAuth, cookie }: Context, username: Username): Credentials {
  const asked = ljAuth?.split(',').some((value) => value.trim().toLowerCase() === 'cookie');
  const claims = asked ? sessionClaims(cookie, username) : [];
  if (claims.length === 0) return { method: 'cookie', sent: 'nothing', counts: false };
  return { method: 'cookie', claims };
}
