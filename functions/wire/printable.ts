/** Texts of strangers, made safe for a log. */

/**
 * A client's text, made safe for a log line: no line breaks (many programs also split at U+2028 and U+2029), no
 * terminal escapes, at most 100 characters.
 */
export function printable(text: string | undefined): string | undefined {
  return text?.slice(0, 100).replace(/[\p{C}\p{Zl}\p{Zp}]/gu, '?');
}
