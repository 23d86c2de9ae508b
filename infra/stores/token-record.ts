/** Tokens as stored: plain members, checked when they are read. */
import * as v from 'valibot';
import { parsedBy } from '../../core/accounts/validation.ts';
import { parseTokenId, scopes, type Token } from '../../core/auth/token.ts';
import { decode } from './decode-record.ts';

const seconds = v.pipe(v.number(), v.integer(), v.minValue(0));

const storedToken = v.object({
  id: v.pipe(v.string(), parsedBy(parseTokenId, "not a token's id")),
  name: v.string(),
  scopes: v.array(v.picklist(scopes)),
  digest: v.string(),
  created: seconds,
  expires: v.exactOptional(seconds),
  lastUsed: v.exactOptional(seconds),
});

/**
 * Reads the members of a token. Unknown members are ignored.
 * @throws {StoreFailed} when they are not a valid token
 */
export function decodeToken(plain: unknown): Token {
  return decode(storedToken, plain, 'a token');
}
