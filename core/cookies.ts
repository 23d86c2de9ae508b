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
    if (name === 'ljsession' || name === 'ljmastersession') found[name].push(pair.slice(at + 1));
  }
  const offered = found.ljsession.length > 0 ? found.ljsession : found.ljmastersession;
  return offered
    .slice(0, maxClaims)
    .map((value) => parseSession(unwrap(value)))
    .filter((claim) => claim !== undefined);
}

function unwrap(value: string): string {
  const bare = value.trim().replace(/^"(.*)"$/s, '$1');
  try {
    return decodeURIComponent(bare);
  } catch {
    return bare;
  }
}
