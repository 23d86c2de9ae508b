/**
 * Our reader of XML-RPC beside Python's `xmlrpc.client` and expat: the same value, or both refuse. Where
 * they differ on purpose, this says why; any other difference is a fault of ours.
 */
import { Octets, type Value } from '../../core/protocol/values.ts';
import { type MethodCall, readMethodCall } from '../../functions/wire/xmlrpc/method-call.ts';
import { Unreadable } from '../../functions/wire/xmlrpc/unreadable.ts';
import { wellFormed } from '../../functions/wire/xmlrpc/well-formed.ts';
import { decodeBody } from '../../functions/wire/xmlrpc/xml-encoding.ts';
import { readTree } from '../../functions/wire/xmlrpc/xml-tree.ts';
import type { Reading, Tagged } from './python-reader.ts';

/** What we make of a document: a call, or why there is none. */
export type Ours = MethodCall | Unreadable;

/** Reads a document as the endpoint does; throws only what the endpoint must not throw. */
export function readOurs(body: Uint8Array): Ours {
  try {
    return readMethodCall(readTree(wellFormed(decodeBody(body, undefined))));
  } catch (error) {
    if (error instanceof Unreadable) return error;
    throw error;
  }
}

/** A difference that is meant. */
interface Intended {
  readonly reason: string;
  /** Which way it goes. `they refuse`: and we read it. */
  readonly side: 'we refuse' | 'they refuse';
  /** In our message, or in Python's. */
  readonly message: RegExp;
  /** In the document. */
  readonly document?: RegExp;
}

/** Every difference that is meant, with its reason. */
export const intended: readonly Intended[] = [
  {
    reason: 'a DTD is how entity bombs and external entities begin; expat expands them',
    side: 'we refuse',
    message: /a DOCTYPE is not accepted/,
  },
  {
    reason: 'documents have limits here, and none there',
    side: 'we refuse',
    message: /nested over|more than 1000 members/,
  },
  {
    reason: 'XML 1.0 says 1. and digits; expat lets a declaration claim any version',
    side: 'we refuse',
    message: /a bad XML declaration/,
    document: /^\ufeff?<\?xml\s+version\s*=\s*(?!"1\.\d+"|'1\.\d+')/,
  },
  {
    reason: 'Python looks at no structure: parts that are missing, doubled or out of place go unnoticed',
    side: 'we refuse',
    message:
      /-32600.*(?:the root is not|it takes one methodName|empty methodName|text between the parts|parts that it does not have|more than one part|one name and one value|elements inside|has one|an element that|nil that is not empty|value of unknown type)/,
  },
  {
    reason: 'Python reads numbers as its own: 1_0, nan, spaces and digits of every script',
    side: 'we refuse',
    message: /a bad (?:int|i4|i8|double)/,
  },
  {
    reason: 'Python passes over what is no base64, so that any text is some bytes',
    side: 'we refuse',
    message: /bad base64/,
  },
  {
    reason: 'some clients send an empty number or boolean for an argument that they have no value for',
    side: 'they refuse',
    message: /ValueError|TypeError: bad boolean/,
    document:
      /<(?:int|i4|i8|double|boolean)(?:\s[^>]*)?(?:\/>|>\s*(?:<!--.*?-->|<\?.*?\?>|<!\[CDATA\[\s*\]\]>|\s)*<)/s,
  },
  {
    reason: 'booleans occur as true and false, and with spaces around',
    side: 'they refuse',
    message: /TypeError: bad boolean/,
    document: /<boolean[^>]*>\s*(?:true|false|0|1)\s*</i,
  },
  {
    reason: 'names of encodings are the Encoding Standard’s, not those of Python’s codecs',
    side: 'we refuse',
    message: /^-32701/,
    document: /^\ufeff?<\?xml[^>]*encoding/,
  },
  {
    reason: 'a byte order mark decides the encoding, whatever is declared behind it',
    side: 'they refuse',
    message:
      /ExpatError: (?:unknown encoding|encoding specified)|LookupError: unknown encoding|ValueError: multi-byte/,
    document: /^<\?xml[^>]*encoding/,
  },
  {
    reason: 'expat takes the declaration’s word against a mark where it knows the encoding',
    side: 'they refuse',
    message: /ExpatError: not well-formed/,
    document: /^<\?xml[^>]*encoding\s*=\s*["'](?!utf-(?:8|16)["'])/i,
  },
  {
    reason: 'names are those of XML 1.0’s fifth edition; expat holds to the fourth',
    side: 'they refuse',
    message: /ExpatError: not well-formed/,
    document: /<[^>]*[^\0-\x7f]/,
  },
  {
    reason: 'base64 without its padding is clear enough',
    side: 'they refuse',
    message: /Incorrect padding/,
  },
];

/** `undefined` where both agree, the reason of a difference that is meant, or the difference itself. */
export function compare(
  text: string,
  ours: Ours,
  theirs: Reading,
): undefined | { reason: string } | { fault: string } {
  const refused = theirs.refused ?? (theirs.wellFormed ? undefined : 'not well formed');
  if (ours instanceof Unreadable) {
    if (ours.code === -32700 ? !theirs.wellFormed : refused !== undefined) return undefined;
    return explain('we refuse', text, `${ours.code} ${ours.message}`);
  }
  if (refused !== undefined) return explain('they refuse', text, refused);
  if (ours.methodName !== theirs.name?.trim()) return { fault: `the method is ${theirs.name}` };
  // An empty <param/> is one without a value to us, and none at all to Python.
  const given = ours.params.filter((param) => param !== undefined);
  const expected = (theirs.params ?? []).filter(([kind]) => kind !== 'nil');
  const same = given.length === expected.length && given.every((value, i) => isSame(value, expected[i]));
  return same ? undefined : { fault: `other values: ${JSON.stringify(theirs.params)}` };
}

function explain(
  side: Intended['side'],
  text: string,
  message: string,
): { reason: string } | { fault: string } {
  const found = intended.find((each) => {
    return each.side === side && each.message.test(message) && (each.document?.test(text) ?? true);
  });
  return found ? { reason: found.reason } : { fault: `${side}: ${message}` };
}

/** Whether our value is what a type and its text say. We keep no types, and nil is an absent value. */
export function isSame(ours: Value | undefined, theirs: Tagged | undefined): boolean {
  if (theirs === undefined) return ours === undefined;
  switch (theirs[0]) {
    case 'nil':
      return ours === undefined;
    case 'array':
      return isSameArray(ours, theirs[1]);
    case 'struct':
      return isSameStruct(ours, theirs[1]);
    case 'base64':
      return Buffer.from(bytesOf(ours)).equals(Buffer.from(theirs[1], 'base64'));
    case 'int':
      return typeof ours === 'string' && /^[+-]?\d+$/.test(ours) && BigInt(ours) === BigInt(theirs[1]);
    case 'double':
      return typeof ours === 'string' && Number(ours) === Number(theirs[1].replace('inf', 'Infinity'));
    case 'string':
    case 'boolean':
    case 'date':
      return ours === theirs[1];
  }
}

function bytesOf(value: Value | undefined): Uint8Array {
  if (value instanceof Octets) return value.bytes;
  return Buffer.from(typeof value === 'string' ? value : 'no scalar');
}

function isSameArray(ours: Value | undefined, theirs: readonly Tagged[]): boolean {
  const expected = theirs.filter(([kind]) => kind !== 'nil');
  if (!Array.isArray(ours) || ours.length !== expected.length) return false;
  return ours.every((value: Value, i) => isSame(value, expected[i]));
}

/** Of two members of one name the last one holds, nil or not. */
function isSameStruct(ours: Value | undefined, theirs: readonly (readonly [string, Tagged])[]): boolean {
  const expected = [...new Map(theirs)].filter(([, [kind]]) => kind !== 'nil');
  if (!(ours instanceof Map) || ours.size !== expected.length) return false;
  return expected.every(([name, value]) => isSame(ours.get(name), value));
}
