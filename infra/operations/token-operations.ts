/** Tokens of a site's own code: made, listed and revoked. */
import { readable, sha256Hex } from '../../core/auth/digest.ts';
import { type Scope, type Token, type TokenId, tokenText } from '../../core/auth/token.ts';
import { OperationRefused, type Operator, secondsOf } from './operator-context.ts';
import { iso } from './views.ts';

/** Tokens at the most: each is for one program of the site. */
const maxTokens = 100;

/** A token, without its secret. */
export interface TokenRow {
  readonly id: string;
  readonly name: string;
  readonly scopes: readonly Scope[];
  readonly created: string;
  readonly expires: string | null;
  /** Exact to the hour. */
  readonly lastUsed: string | null;
}

/** A token that was just made: the only time that it is seen whole. */
export interface NewToken extends TokenRow {
  readonly token: string;
}

/** The properties of a new token. `expires`: Unix seconds. */
export interface TokenOrder {
  readonly name: string;
  readonly scopes: readonly Scope[];
  readonly expires?: number | undefined;
}

/** Makes a token of 160 random bits. @throws {OperationRefused} */
export async function addToken(operator: Operator, { name, scopes, expires }: TokenOrder): Promise<NewToken> {
  const tokens = await operator.store.admin.tokens.list();
  const now = secondsOf(operator);
  if (tokens.some((token) => token.name === name)) {
    const hint = 'choose another name, or revoke that one';
    throw new OperationRefused(`a token is named "${name}" already`, { hint });
  }
  if (tokens.length >= maxTokens) {
    throw new OperationRefused(`there are ${maxTokens} tokens, which is the most`, { hint: 'revoke one' });
  }
  if (expires !== undefined && expires <= now)
    throw new OperationRefused('that time is over already', { kind: 'invalid' });
  const shown = {
    id: readable(operator.random.bytes(8)) as TokenId,
    secret: readable(operator.random.bytes(32)),
  };
  const token: Token = {
    id: shown.id,
    name,
    scopes: [...new Set(scopes)],
    digest: sha256Hex(shown.secret),
    created: now,
    ...(expires !== undefined && { expires }),
  };
  await operator.store.admin.tokens.add(token);
  return { ...rowOf(token), token: tokenText(shown) };
}

/** Every token, the oldest first. */
export async function listTokens({ store }: Pick<Operator, 'store'>): Promise<readonly TokenRow[]> {
  const tokens = await store.admin.tokens.list();
  return tokens.toSorted((a, b) => a.created - b.created || a.name.localeCompare(b.name)).map(rowOf);
}

/** Revokes a token by its id or its name: no request is answered with it any more. @throws {OperationRefused} */
export async function revokeToken(
  { store }: Pick<Operator, 'store'>,
  token: string,
): Promise<{ readonly id: string; readonly name: string }> {
  const tokens = await store.admin.tokens.list();
  const found = tokens.find(({ id }) => id === token) ?? tokens.find(({ name }) => name === token);
  if (!found || (await store.admin.tokens.remove(found.id)) === 'unknown') {
    const hint = 'npx ljgate tokens list shows those that there are';
    throw new OperationRefused(`there is no token "${token}"`, { kind: 'not found', hint });
  }
  return { id: found.id, name: found.name };
}

/** A token for operators. */
export function rowOf({ id, name, scopes, created, expires, lastUsed }: Token): TokenRow {
  const time = (seconds: number | undefined) => (seconds === undefined ? null : iso(seconds));
  return { id, name, scopes, created: iso(created), expires: time(expires), lastUsed: time(lastUsed) };
}
