/** The credentials a call carries, read from its arguments and headers; nothing is verified here. */
import { utf8ToBytes } from '@noble/hashes/utils.js';
import type { Context } from './call.ts';
import { sessionClaims } from './cookies.ts';
import { type Md5Hex, md5Hex, parseMd5Hex } from './digest.ts';
import type { SessionClaim } from './session.ts';
import { type Arguments, Octets, textOr } from './values.ts';

/** How a caller shows who it is. @see PROTOCOL §4 */
export type Credentials =
  /**
   * The password itself: md5_hex(password), and the beginning of its bytes, which hashes brought
   * over from other sites were made of.
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
  /** Nothing that could hold: refused, and counted as a guess only if it may have been one. */
  | { readonly method: AuthMethod | 'unknown'; readonly sent: 'nothing'; readonly counts: boolean };

/** bcrypt reads 72 bytes; three more complete a UTF-8 character that begins in them. */
const carried = 75;

/** The values of `auth_method`. */
export type AuthMethod = 'clear' | 'challenge' | 'cookie';

/** Reads the credentials of a call. */
export function readCredentials(args: Arguments, context: Context): Credentials {
  const method = methodOf(args);
  switch (method) {
    case 'clear':
      return readClear(args);
    case 'challenge':
      return readResponse(args);
    case 'cookie':
      return readCookie(context);
    default:
      return { method: 'unknown', sent: 'nothing', counts: false };
  }
}

/** Empty counts as absent; bytes that are no text name no method. */
function methodOf(args: Arguments): string {
  const value = args.get('auth_method') ?? '';
  return textOr(value, 'unknown') || 'clear';
}

/** `hpassword` decides where it is not empty: some clients send `password=""` beside it. */
function readClear(args: Arguments): Credentials {
  const hpassword = args.get('hpassword');
  if (hpassword !== undefined && textOr(hpassword, '?') !== '') {
    const digest = parseMd5Hex(textOr(hpassword, ''));
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

/** The session counts only beside `X-LJ-Auth: cookie`: a browser's cookie alone must not act. */
function readCookie({ ljAuth, cookie }: Context): Credentials {
  const asked = ljAuth?.split(',').some((value) => value.trim().toLowerCase() === 'cookie');
  const claims = asked ? sessionClaims(cookie) : [];
  if (claims.length === 0) return { method: 'cookie', sent: 'nothing', counts: false };
  return { method: 'cookie', claims };
}
