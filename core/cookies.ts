/** Finds session claims in a Cookie header, in every shape that clients have been seen to send. */
import { parseSession, type SessionClaim } from './session.ts';

const maxClaims = 10;

/**
 * The sessions that a Cookie header offers, in order: those of `ljsession` or, where that is
 * absent, of `ljmastersession`. Pairs may be joined with `;` or `,`; values may be in double quotes
 * or URL-encoded.
 * @see PROTOCOL §4
 */
export function sessionClaims(header: string | undefined): SessionClaim[] {
  const found = { ljsession: [] as string[], ljmastersession: [] as string[] };
  for (const pair of (header ?? '').split(/[;,]/)) {
    const at = pair.indexOf('=');
    const name = pair.slice(0, Math.max(at, 0)).trim();
    const value = unwrap(pair.slice(at + 1));
    if (value !== '' && (name === 'ljsession' || name === 'ljmastersession')) found[name].push(value);
  }
  const offered = found.ljsession.length > 0 ? found.ljsession : found.ljmastersession;
  const claims = offered.map(parseSession).filter((claim) => claim !== undefined);
  return claims.slice(0, maxClaims);
}

function unwrap(value: string): string {
  const bare = unquote(value.trim());
  try {
    return unquote(decodeURIComponent(bare));
  } catch {
    return bare;
  }
}

function unquote(text: string): string {
  return text.replace(/^"(.*)"$/s, '$1');
}
