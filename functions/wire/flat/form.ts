/**
 * Decodes a form body by bytes, whatever its Content-Type says. A framework's parser loses bytes that are
 * not UTF-8, which old clients send in passwords, and does not read the
 * `application/x-www-form-urlescaped` that one packaged client announces.
 */
import { isTrue, Octets } from '../../../core/protocol/values.ts';

/** A field's text, or its bytes where they are not simply UTF-8. */
export type Field = string | Octets;

/** A decoded form. */
export interface Form {
  /** The names of all fields, a character a byte. */
  readonly names: readonly string[];
  /** The value of a field. It is decoded only now: a body can have many thousand fields. */
  get(name: string): Field | undefined;
  /** Whether a field is true as an argument is; this needs no decoding. */
  isTrue(name: string): boolean;
  /** Every field in the order of its first appearance, with the value that holds; a character a byte. */
  entries(): Iterable<readonly [name: string, value: string]>;
}

/** Decodes a body. `charset` is what the client named, if it named one. @see PROTOCOL §7 */
export function decodeForm(body: Uint8Array, charset: string | undefined): Form {
  const fields = new Map<string, string>();
  for (const field of byteString(body).split('&')) {
    if (field === '') continue;
    const at = field.indexOf('=');
    fields.set(percentDecode(at < 0 ? field : field.slice(0, at)), at < 0 ? '' : field.slice(at + 1));
  }
  const decode = fieldDecoder(charset);
  return {
    names: [...fields.keys()],
    get(name) {
      const value = fields.get(name);
      return value === undefined ? undefined : decode(percentDecode(value));
    },
    isTrue: (name) => isTrue(percentDecode(fields.get(name) ?? '')),
    *entries() {
      for (const [name, value] of fields) yield [name, percentDecode(value)];
    },
  };
}

/** One character a byte, so that percent-decoding can work on a string without losing any. */
function byteString(bytes: Uint8Array): string {
  // Nearly every form is ASCII, which is UTF-8 of as many characters as bytes.
  const ascii = attempt(utf8, bytes);
  if (ascii?.length === bytes.length) return ascii;
  let text = '';
  for (let at = 0; at < bytes.length; at += 8192) {
    text += String.fromCharCode(...bytes.subarray(at, at + 8192));
  }
  return text;
}

function bytesOf(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
  return bytes;
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
const beyondAscii = /[\u0080-\uffff]/;

function fieldDecoder(charset: string | undefined): (raw: string) => Field {
  const named = namedDecoder(charset);
  return (raw) => {
    if (named === undefined && !beyondAscii.test(raw)) return raw;
    const bytes = bytesOf(raw);
    const text = (named && attempt(named, bytes)) ?? attempt(utf8, bytes);
    const isPlain = named === undefined || (text === raw && !beyondAscii.test(raw));
    return text !== undefined && isPlain ? text : new Octets(bytes, text, 'text');
  };
}

/**
 * `undefined` for UTF-8 and for unknown charsets: then UTF-8 is tried, as without a charset. A form's own
 * characters are ASCII, so a client that says UTF-16 does not send it.
 */
function namedDecoder(charset: string | undefined): TextDecoder | undefined {
  if (charset === undefined || /^utf-?(8|16)/i.test(charset)) return undefined;
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
