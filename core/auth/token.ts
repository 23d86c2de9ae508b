/** Tokens: what a site's own code shows to the interface for sites. */
import type { Brand } from '../protocol/brand.ts';

/** What a token may do. */
export const scopes = [
  'accounts:read',
  'accounts:write',
  'verify',
  'sessions',
  'sessions:vouch',
  'keys',
  'bans',
] as const;
export type Scope = (typeof scopes)[number];

/** Names a token's record: 8 letters and digits. */
export type TokenId = Brand<string, 'TokenId'>;

/** A token, as it is stored. Times are Unix seconds. */
export interface Token {
  readonly id: TokenId;
  readonly name: string;
  readonly scopes: readonly Scope[];
  /** SHA-256 of the secret. */
  readonly digest: string;
  readonly created: number;
  readonly expires?: number;
  readonly lastUsed?: number;
}

/** A token as it is shown: the record's id, and 160 random bits. */
export interface ShownToken {
  readonly id: TokenId;
  readonly secret: string;
}

/** Scanners for leaked secrets recognise a token by its beginning. */
export function tokenText({ id, secret }: ShownToken): string {
  return `ljgate_${id}_${secret}`;
}

const shape = /^ljgate_([a-z2-7]{8})_([a-z2-7]{32})$/;

/** Reads a token as it is shown; `undefined` for any other text. */
export function parseToken(text: string): ShownToken | undefined {
  const [, id, secret] = shape.exec(text) ?? [];
  return id && secret ? { id: id as TokenId, secret } : undefined;
}

/** A record's id as a token's; `undefined` for any other text. */
export function parseTokenId(text: string): TokenId | undefined {
  return /^[a-z2-7]{8}$/.test(text) ? (text as TokenId) : undefined;
}
