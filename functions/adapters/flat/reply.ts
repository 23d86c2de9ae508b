/** Writes a flat reply: line pairs in ASCII order, or the same pairs URL-encoded. */
import { sendable } from '../door.ts';
import type { Pair } from './result.ts';

/** `lines`: key LF value LF. `urlenc`: key=value&. */
export type ReplyForm = 'lines' | 'urlenc';

/**
 * Two clients read the reply by line number, so the keys' ASCII order is part of the protocol; CRLF
 * breaks most flat clients, and LJ::Simple loses the last pair where the final LF is missing.
 * @see PROTOCOL §7
 */
export function writeReply(pairs: readonly Pair[], form: ReplyForm): string {
  const ordered = pairs.toSorted(([a], [b]) => (a < b ? -1 : 1));
  return ordered.map(([key, value]) => writePair(key, oneLine(value), form)).join('');
}

function writePair(key: string, value: string, form: ReplyForm): string {
  if (form === 'lines') return `${key}\n${value}\n`;
  return `${formEncode(key)}=${formEncode(value)}&`;
}

function oneLine(value: string): string {
  return sendable(value.replace(/[\r\n]/g, ''));
}

/** With the characters left bare that servers of this protocol have always left bare. */
function formEncode(text: string): string {
  const encoded = encodeURIComponent(text).replaceAll('%20', '+');
  return encoded
    .replace(/%(2C|2F|5C|3A)/g, (bare) => decodeURIComponent(bare))
    .replace(/[!~*'()]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`);
}
