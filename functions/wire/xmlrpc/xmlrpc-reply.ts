/**
 * Replies as XML, by xmlbuilder2's stream writer. Its builders make a DOM node of every element first, which
 * costs 4 ms for a login reply with all moods, and 300 KB of bundle.
 */
import { XMLCBWriter } from 'xmlbuilder2/lib/writers/XMLCBWriter.js';
import { sendable } from '../endpoint.ts';
import type { ScalarType } from './scalars.ts';

/**
 * A value to send: an int, a string, an array or a struct, whose members go out in their order. A value that was
 * read, and is handed on, is a `TypedScalar` or a map.
 */
export type Reply = number | string | readonly Reply[] | ReplyStruct | TypedScalar | ReplyMembers;

/** The members of a struct that was read: any names. */
export interface ReplyMembers extends ReadonlyMap<string, Reply> {}

/** A scalar with the type that it was read with, and its text. */
export class TypedScalar {
  readonly type: ScalarType | 'nil';
  readonly text: string;

  constructor(type: ScalarType | 'nil', text: string) {
    this.type = type;
    this.text = text;
  }
}

/** The members of a struct. */
export interface ReplyStruct {
  readonly [name: string]: Reply;
}

/** An error as XML-RPC sends it. */
export interface Fault {
  readonly code: number;
  readonly text: string;
}

/** A fault as a struct, by itself or within a multicall's result. */
export function faultStruct({ code, text }: Fault): ReplyStruct {
  return { faultCode: code, faultString: text };
}

/** No white space between elements. The writer's type requires the other members; writing text uses none. */
const writer = new XMLCBWriter({
  format: 'xml',
  wellFormed: true,
  prettyPrint: false,
  indent: '',
  newline: '',
  offset: 0,
  width: 0,
  allowEmptyTags: false,
  spaceBeforeSlash: false,
  keepNullNodes: false,
  keepNullAttributes: false,
  ignoreConverters: true,
  convert: { att: '', ins: '', text: '', cdata: '', comment: '' },
  defaultNamespace: {},
  namespaceAlias: {},
  invalidCharReplacement: undefined,
  data() {},
  end() {},
  error() {},
});

/** The reply document of a call that was answered. @see PROTOCOL §8 */
export function writeResponse(value: Reply): string {
  return document(element('params', element('param', valueElement(value))));
}

/** The document of a call of the site behind. */
export function writeCall(methodName: string, param: Reply): string {
  const params = element('params', element('param', valueElement(param)));
  return (
    writer.declaration('1.0', 'UTF-8') + element('methodCall', textElement('methodName', methodName) + params)
  );
}

/** The reply document of a call that failed. */
export function writeFault(fault: Fault): string {
  return document(element('fault', valueElement(faultStruct(fault))));
}

function document(content: string): string {
  return writer.declaration('1.0', 'UTF-8') + element('methodResponse', content);
}

function valueElement(value: Reply): string {
  return element('value', typedElement(value));
}

function typedElement(value: Reply): string {
  if (typeof value === 'number') return element('int', String(value));
  if (typeof value === 'string') return textElement('string', value);
  if (value instanceof TypedScalar) {
    return value.type === 'nil' ? element('nil', '') : textElement(value.type, value.text);
  }
  if (isList(value)) return element('array', element('data', value.map(valueElement).join('')));
  const members = value instanceof Map ? [...value] : Object.entries(value);
  const spelled = members.map(([name, item]: readonly [string, Reply]) =>
    element('member', textElement('name', name) + valueElement(item)),
  );
  return element('struct', spelled.join(''));
}

function isList(value: Reply): value is readonly Reply[] {
  return Array.isArray(value);
}

function element(name: string, content: string): string {
  const open = writer.openTagBegin(name) + writer.openTagEnd(name, content === '', false);
  return content === '' ? open : open + content + writer.closeTag(name);
}

/** Empty text has both tags, too: simple clients look for `<string>`. */
function textElement(name: string, text: string): string {
  const open = writer.openTagBegin(name) + writer.openTagEnd(name, false, false);
  return open + writer.text(escaped(text)) + writer.closeTag(name);
}

const references: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '\r': '&#13;',
};

/**
 * The writer does not escape text. CR is written as a reference, because every parser reads a bare one as
 * LF, and so is `>`, because `]]>` must not occur.
 */
function escaped(text: string): string {
  return sendable(text).replace(/[&<>\r]/g, (character) => references[character] ?? '');
}
