/** The scalar types of XML-RPC, each to its text: the core does not ask what a client called it. */
import { Octets } from '../../../core/values.ts';
import { notACall } from './unreadable.ts';

type Scalar = string | Octets;

/**
 * Reads a scalar by the name of its element, without the `ex:` of Apache's extensions. An empty number
 * or boolean is an empty text: some clients send one for an argument that they have no value for.
 * @returns `undefined` for an element that is no scalar
 * @throws {Unreadable} -32600 for a text that the type does not allow
 * @see PROTOCOL §8
 */
export function readScalar(type: string, text: string): Scalar | undefined {
  if (type === 'string') return text;
  if (type === 'base64') return readBase64(text);
  const trimmed = text.trim();
  if (type === 'boolean') return readBoolean(trimmed.toLowerCase());
  const form = forms.get(type);
  if (!form) return undefined;
  return trimmed === '' || form.test(trimmed) ? trimmed : notACall(`a bad ${type}`);
}

const integer = /^[+-]?[0-9]+$/;

/**
 * Of any size: XMLRPC::Lite types a string by its looks, so a password of digits comes as an int and
 * `1e5` as a double. No method reads a date, and clients write them in every form: any will do.
 */
const forms: ReadonlyMap<string, RegExp> = new Map([
  ['int', integer],
  ['i4', integer],
  ['i8', integer],
  ['double', /^[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?$/],
  ['dateTime.iso8601', /^/],
]);

const booleans: ReadonlyMap<string, string> = new Map([
  ['1', '1'],
  ['0', '0'],
  ['true', '1'],
  ['false', '0'],
  ['', ''],
]);

function readBoolean(text: string): string {
  return booleans.get(text) ?? notACall('a bad boolean');
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Mostly text after all: XMLRPC::Lite sends every string that is not ASCII as base64. */
function readBase64(text: string): Scalar {
  const bytes = bytesOf(text);
  try {
    return utf8.decode(bytes);
  } catch {
    return new Octets(bytes, undefined, 'binary');
  }
}

function bytesOf(base64: string): Uint8Array {
  try {
    return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
  } catch {
    return notACall('bad base64');
  }
}
