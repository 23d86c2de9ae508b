/** Writes a flat reply: line pairs in ASCII order, or the same pairs URL-encoded. */
import { sendable } from '../endpoint.ts';
import type { Pair } from './flat-results.ts';

/** `lines`: key LF value LF. `urlenc`: key=value&. */
export type ReplyForm = 'lines' | 'urlenc';

/**
 * Two clients read the reply by line number, so the ASCII order of the keys is part of the protocol. CRLF
 * breaks most flat clients, and without the final LF LJ::Simple loses the last pair.
 * @see PROTOCOL §7
 */
export function writeReply(pairs: readonly Pair[], form: ReplyForm): string {
  // The line feed after a key sorts before any other character of a key, so the pairs sort as their keys.
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

/** Leaves those characters unencoded that servers of this protocol have always left unencoded. */
function formEncode(text: string): string {
  const encoded = encodeURIComponent(text).replaceAll('%20', '+');
  return encoded
    .replace(/%(2C|2F|5C|3A)/g, (bare) => decodeURIComponent(bare))
    .replace(/[!~*'()]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`);
}
