/** Reads scalars of XML-RPC as text: the core does not distinguish their types. */
import { Octets } from '../../../core/protocol/values.ts';
import { fromBase64 } from '../../../infra/base64.ts';
import { notACall } from './unreadable.ts';

type Scalar = string | Octets;

/** The types of scalars, as elements are named. */
export type ScalarType =
  | 'string'
  | 'int'
  | 'i4'
  | 'i8'
  | 'boolean'
  | 'double'
  | 'base64'
  | 'dateTime.iso8601';

const scalarTypes: ReadonlySet<string> = new Set<ScalarType>([
  ...(['string', 'int', 'i4', 'i8', 'boolean', 'double', 'base64', 'dateTime.iso8601'] as const),
]);

/** Recognises the name of a scalar's element. */
export function isScalarType(name: string): name is ScalarType {
  return scalarTypes.has(name);
}

/**
 * Reads a scalar by the name of its element, without the prefix of Apache's extensions. An empty number or
 * boolean is an empty text: some clients send one for an argument without a value.
 * @throws {Unreadable} -32600 for a text that the type does not allow
 * @see PROTOCOL §8
 */
export function readScalar(type: ScalarType, text: string): Scalar {
  switch (type) {
    case 'string':
      return text;
    case 'base64':
      return readBase64(text);
    case 'boolean':
      return readBoolean(text.trim().toLowerCase());
    default: {
      const trimmed = text.trim();
      return trimmed === '' || forms[type].test(trimmed) ? trimmed : notACall(`a bad ${type}`);
    }
  }
}

const integer = /^[+-]?[0-9]+$/;

/**
 * Numbers of any size: XMLRPC::Lite types a string by its form, so a password of digits comes as an int and
 * `1e5` as a double. No method reads a date, and clients write dates in many forms: any is accepted.
 */
const forms: Readonly<Record<Exclude<ScalarType, 'string' | 'base64' | 'boolean'>, RegExp>> = {
  int: integer,
  i4: integer,
  i8: integer,
  double: /^[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?$/,
  'dateTime.iso8601': /^/,
};

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

/** Usually this is text: XMLRPC::Lite sends every string that is not ASCII as base64. */
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
    return fromBase64(base64);
  } catch {
    return notACall('bad base64');
  }
}
