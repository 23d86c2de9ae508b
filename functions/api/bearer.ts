/** Tokens of requests: found, compared in constant time, and counted where they are unknown. */
import { sameText, sha256Hex } from '../../core/auth/digest.ts';
import { type Network, networkOf } from '../../core/auth/network.ts';
import { createRateCounter } from '../../core/auth/rate-counter.ts';
import { parseToken, type Token, type TokenId } from '../../core/auth/token.ts';
import type { Clock } from '../../core/ports.ts';
import type { ApiContext } from './api-context.ts';
import { ProblemFound } from './problem.ts';

/** Unknown tokens from one address (IPv6: /64): more are refused unread. */
const unknownRule = { count: 20, seconds: 60 };

/** Ids of tokens that held here: those are looked up also where too many unknown ones came. */
const mostKnown = 1000;

/** Seconds between two notes of a token's use. */
const useInterval = 3600;

/** Finds the token of a request. @throws {ProblemFound} where there is none, or it does not hold */
export type FindToken = (
  api: ApiContext,
  authorization: string | undefined,
  address: string | undefined,
) => Promise<Token>;

/** Opens what a process knows of tokens. */
export function tokenFinder(clock: Clock): FindToken {
  const unknown = createRateCounter<Network>(clock, unknownRule);
  const known = new Set<TokenId>();
  return async (api, authorization, address) => {
    const network = networkOf(address);
    const shown = parseToken(/^Bearer +(\S+)$/i.exec(authorization ?? '')?.[1] ?? '');
    if (unknown.isFull(network) && !(shown && known.has(shown.id))) {
      throw new ProblemFound({ status: 429, headers: { 'Retry-After': String(unknownRule.seconds) } });
    }
    const token = shown && (await readToken(api, shown.id, shown.secret));
    if (!token) {
      if (authorization !== undefined) unknown.allows(network);
      throw unauthorized(authorization !== undefined);
    }
    if (known.size < mostKnown) known.add(token.id);
    return token;
  };
}

/** Read for each request: a token that was revoked, anywhere, is refused at the next one. */
async function readToken({ operator }: ApiContext, id: TokenId, secret: string): Promise<Token | undefined> {
  const { tokens } = operator.store.admin;
  const token = await tokens.read(id);
  // The same work for an unknown id, so that the time does not tell the two apart.
  const matches = sameText(sha256Hex(secret), token?.digest ?? '0'.repeat(64));
  const now = Math.floor(operator.clock.now() / 1000);
  if (!token || !matches || (token.expires !== undefined && token.expires <= now)) return undefined;
  // That the use cannot be noted is no reason to refuse the request.
  if (now - (token.lastUsed ?? 0) >= useInterval) await tokens.noteUse(id, now).catch(() => undefined);
  return token;
}

function unauthorized(wasShown: boolean): ProblemFound {
  const error = wasShown ? ', error="invalid_token"' : '';
  return new ProblemFound({
    status: 401,
    detail: wasShown
      ? 'The token is unknown, was revoked, or has ended.'
      : 'Send it as Authorization: Bearer ljgate_….',
    headers: { 'WWW-Authenticate': `Bearer realm="ljgate"${error}` },
  });
}
