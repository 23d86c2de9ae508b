/**
 * Decodes a form body by bytes, whatever its Content-Type says: a framework's parser loses bytes
 * that are not UTF-8, which old clients send in passwords, and gives nothing for the
 * `application/x-www-form-urlescaped` that one packaged client announces.
 */
import { Octets } from '../../../core/values.ts';

/** A form's fields by decoded name; of a name given twice the last value holds. */
export type Form = ReadonlyMap<string, string | Octets>;

/** Decodes a body. `charset` is what the client named, if it named one. @see PROTOCOL §7 */
export function decodeForm(body: Uint8Array, charset: string | undefined): Form {
  const decode = textDecoder(charset);
  const form = new Map<string, string | Octets>();
  for (const field of byteString(body).split('&')) {
    if (field === '') continue;
    const at = field.indexOf('=');
    const name = decode(at < 0 ? field : field.slice(0, at));
    const value = decode(at < 0 ? '' : field.slice(at + 1));
    form.set(typeof name === 'string' ? name : (name.text ?? ''), value);
  }
  return form;
}

/** The charset parameter of a Content-Type, if there is one. */
export function charsetOf(contentType: string | undefined): string | undefined {
  return /;\s*charset\s*=\s*"?([^\s;"]+)/i.exec(contentType ?? '')?.[1];
}

/** One character a byte, so that percent-decoding can work on a string without losing any. */
function byteString(bytes: Uint8Array): string {
  let text = '';
  for (let at = 0; at < bytes.length; at += 8192) {
    text += String.fromCharCode(...bytes.subarray(at, at + 8192));
  }
  return text;
}

function bytesOf(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}

/** `+` is a space, a stray `%` is itself. */
function percentDecode(field: string): string {
  const spaced = field.includes('+') ? field.replaceAll('+', ' ') : field;
  if (!spaced.includes('%')) return spaced;
  return spaced.replace(/%([0-9a-f]{2})/gi, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const ascii = /^\p{ASCII}*$/u;

function textDecoder(charset: string | undefined): (field: string) => string | Octets {
  const named = namedDecoder(charset);
  return (field) => {
    const raw = percentDecode(field);
    if (named === undefined && ascii.test(raw)) return raw;
    const bytes = bytesOf(raw);
    const text = (named && attempt(named, bytes)) ?? attempt(utf8, bytes);
    const isPlain = named === undefined || (text === raw && ascii.test(raw));
    return text !== undefined && isPlain ? text : new Octets(bytes, text, 'text');
  };
}

/** `undefined` for UTF-8 and for charsets that nobody knows: then UTF-8 is tried, as without one. */
function namedDecoder(charset: string | undefined): TextDecoder | undefined {
  if (charset === undefined || /^utf-?8$/i.test(charset)) return undefined;
  try {
    return new TextDecoder(charset, { fatal: true, ignoreBOM: true });
  } catch {
    return undefined;
  }
}

function attempt(decoder: TextDecoder, bytes: Uint8Array): string | undefined {
  try {
    return decoder.decode(bytes);
  } catch {
    return undefined;
  }
}
