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
  // A key and its line feed stand before the same with more behind them, so lines sort as their keys do.
  const lines = pairs.map(([key, value]) => `${key}\n${oneLine(value)}\n`).sort();
  return form === 'lines' ? lines.join('') : lines.map(urlEncoded).join('');
}

function urlEncoded(line: string): string {
  const [key = '', value = ''] = line.split('\n');
  return `${formEncode(key)}=${formEncode(value)}&`;
}

const beyondPlain = /[^ -~]/;

function oneLine(value: string): string {
  return beyondPlain.test(value) ? sendable(value.replace(/[\r\n]/g, '')) : value;
}

/** With the characters left bare that servers of this protocol have always left bare. */
function formEncode(text: string): string {
  const encoded = encodeURIComponent(text).replaceAll('%20', '+');
  return encoded
    .replace(/%(2C|2F|5C|3A)/g, (bare) => decodeURIComponent(bare))
    .replace(/[!~*'()]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`);
}
