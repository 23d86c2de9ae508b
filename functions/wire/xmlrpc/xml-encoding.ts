/** Decodes the bytes of a request to text. */
import { charsetOf } from '../endpoint.ts';
import { notWellFormed, Unreadable } from './unreadable.ts';

/**
 * Decodes a body: its first bytes decide, then the XML declaration, then the charset of the
 * Content-Type, else it is UTF-8. A byte order mark is no part of the text. The Content-Type is a hint:
 * an unknown charset, or one that the bytes disprove, is ignored.
 * @throws {Unreadable} -32701 for an encoding that the runtime does not decode, -32700 for bytes
 *   that the encoding does not allow
 * @see PROTOCOL §8
 */
export function decodeBody(body: Uint8Array, contentType: string | undefined): string {
  const label = evident(body) ?? declared(body);
  const hinted = label === undefined ? decoderOf(eightBit(charsetOf(contentType))) : undefined;
  const text = hinted && attempt(hinted, body);
  if (text !== undefined) return text;
  const decoder = decoderOf(label ?? 'utf-8');
  if (!decoder) throw new Unreadable(-32701, 'neither UTF-8, UTF-16 nor a charset of the Encoding Standard');
  return attempt(decoder, body) ?? notWellFormed(`bytes that are not ${decoder.encoding}`);
}

/** What begins with a `<` of one byte is not UTF-16, whatever its header says. */
function eightBit(charset: string | undefined): string | undefined {
  return charset !== undefined && /^utf-?(?:16|32)/i.test(charset) ? undefined : charset;
}

function attempt(decoder: TextDecoder, body: Uint8Array): string | undefined {
  try {
    return decoder.decode(body);
  } catch {
    return undefined;
  }
}

const utf8 = new TextDecoder('utf-8', { fatal: true });

function decoderOf(label: string | undefined): TextDecoder | undefined {
  if (label === undefined) return undefined;
  if (/^utf-?8$/i.test(label)) return utf8;
  try {
    return new TextDecoder(label, { fatal: true });
  } catch {
    return undefined;
  }
}

/** XML 1.0 appendix F. UTF-32 and EBCDIC are recognised only to be refused. */
const signatures: readonly (readonly [string, readonly number[]])[] = [
  ['utf-32', [0x00, 0x00, 0xfe, 0xff]],
  ['utf-32', [0xff, 0xfe, 0x00, 0x00]],
  ['utf-32', [0x00, 0x00, 0x00, 0x3c]],
  ['utf-32', [0x3c, 0x00, 0x00, 0x00]],
  ['utf-8', [0xef, 0xbb, 0xbf]],
  ['utf-16be', [0xfe, 0xff]],
  ['utf-16le', [0xff, 0xfe]],
  ['utf-16be', [0x00, 0x3c]],
  ['utf-16le', [0x3c, 0x00]],
  ['ebcdic', [0x4c, 0x6f, 0xa7, 0x94]],
];

function evident(body: Uint8Array): string | undefined {
  if (body[0] === 0x3c && body[1] !== 0x00) return undefined;
  return signatures.find(([, bytes]) => bytes.every((byte, i) => body[i] === byte))?.[0];
}

const ascii = new TextDecoder('windows-1252');
const declaration =
  /^<\?xml[ \t\r\n]+version[ \t\r\n]*=[ \t\r\n]*(?:"[^"]*"|'[^']*')[ \t\r\n]+encoding[ \t\r\n]*=[ \t\r\n]*(?:"([^"]*)"|'([^']*)')/;

/**
 * In every encoding that comes here, the declaration itself is ASCII. A declaration of UTF-16 is ignored:
 * .NET writes it into strings, and sends these as UTF-8.
 */
function declared(body: Uint8Array): string | undefined {
  if (body[0] !== 0x3c || body[1] !== 0x3f) return undefined;
  const end = body.indexOf(0x3e);
  const match = declaration.exec(ascii.decode(body.subarray(0, Math.max(end, 0))));
  const label = match?.[1] ?? match?.[2];
  return label !== undefined && /^utf-?16/i.test(label) ? undefined : label;
}
