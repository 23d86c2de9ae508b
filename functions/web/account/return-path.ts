/** Where a visitor goes after signing in: exactly the address that he came for. */

/** The page for visitors who asked for no other. */
const usual = '/account';

/** The longest address, in characters: nginx takes request lines up to 8 KB. */
const longest = 8000;

/**
 * The address that a target of the sign-in page asks for: all that follows `next=`. nginx cannot encode what it puts
 * there, so it is not decoded, unless its first slash is encoded: then all of it is.
 * @param target of the request, as it came
 */
export function requestedPath(target: string): string {
  const [, next] = /[?&]next=(.*)$/s.exec(target) ?? [];
  if (next === undefined) return usual;
  return safeNextPath(/^%2f/i.test(next) ? decoded(next) : next);
}

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}

/** An address if it is a path of this site, unchanged but for characters that no header may have. */
export function safeNextPath(next: string | null | undefined): string {
  const here = 'http://here.invalid';
  if (!next?.startsWith('/') || next.length > longest || !URL.canParse(next, here)) return usual;
  // Browsers take a backslash for a slash, and skip tabs and line ends.
  if (/[\s\\\p{Cc}]/u.test(next)) return usual;
  const { origin, pathname } = new URL(next, here);
  if (origin !== here || pathname.startsWith('//') || next.startsWith('//')) return usual;
  return next.replace(/[^!-~]+/g, (text) => encodeURIComponent(text.toWellFormed()));
}
