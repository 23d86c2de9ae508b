/** Finds sessions in a Cookie header, in every form that clients send. */
import type { Username } from '../accounts/username.ts';
import { parseSession, type SessionClaim } from './session-string.ts';

const maxClaims = 10;

/**
 * The sessions that a Cookie header offers, at most ten: those of `owner` first, then in the order of
 * PROTOCOL §4: cookies named `ljsession`, those named `ljmastersession`, then what a comma separates from
 * another cookie's value. Values may be in double quotes or URL-encoded. Old sites left values of other
 * forms in browsers (`v1:…`), which are passed over.
 */
export function sessionClaims(header: string | undefined, owner?: Username): SessionClaim[] {
  const named: SessionClaim[] = [];
  const master: SessionClaim[] = [];
  const behindComma: SessionClaim[] = [];
  for (const cookie of (header ?? '').split(';')) {
    for (const [i, part] of cookie.split(',').entries()) {
      const { name, claim } = readPair(part);
      if (!claim) continue;
      if (i > 0) behindComma.push(claim);
      else (name === 'ljsession' ? named : master).push(claim);
    }
  }
  const all = [...named, ...master, ...behindComma];
  const own = owner === undefined ? [] : all.filter((claim) => claim.owner === owner);
  return [...own, ...all.filter((claim) => !own.includes(claim))].slice(0, maxClaims);
}

function readPair(pair: string): { readonly name: string; readonly claim: SessionClaim | undefined } {
  const at = pair.indexOf('=');
  const name = pair.slice(0, Math.max(at, 0)).trim();
  const isSession = name === 'ljsession' || name === 'ljmastersession';
  return { name, claim: isSession ? parseSession(unwrap(pair.slice(at + 1))) : undefined };
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
