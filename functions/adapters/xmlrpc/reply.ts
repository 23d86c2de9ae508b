/**
 * Replies as XML, through xmlbuilder2's stream writer: its builders make a DOM node for every
 * element first, which took a login reply with all moods 4 ms and the function's bundle 300 KB.
 */
import { XMLCBWriter } from 'xmlbuilder2/lib/writers/XMLCBWriter.js';
import { sendable } from '../door.ts';

/** A value to send: an int, a string, an array or a struct, whose members go out in their order. */
export type Reply = number | string | Reply[] | ReplyStruct;

/** The members of a struct. */
export interface ReplyStruct {
  readonly [name: string]: Reply;
}

/** An error as XML-RPC sends it. */
export interface Fault {
  readonly code: number;
  readonly text: string;
}

/** The struct that stands for a fault, at the top or within a multicall's result. */
export function faultStruct({ code, text }: Fault): ReplyStruct {
  return { faultCode: code, faultString: text };
}

/** No white space between elements; the rest is what the writer's type asks for and text never uses. */
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
  if (Array.isArray(value)) return element('array', element('data', value.map(valueElement).join('')));
  const members = Object.entries(value).map(([name, item]) =>
    element('member', textElement('name', name) + valueElement(item)),
  );
  return element('struct', members.join(''));
}

function element(name: string, content: string): string {
  const open = writer.openTagBegin(name) + writer.openTagEnd(name, content === '', false);
  return content === '' ? open : open + content + writer.closeTag(name);
}

/** With both tags also around nothing: simple clients look for `<string>`. */
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
 * The writer takes text as it is. CR goes out as a reference, because every parser reads a bare one
 * as LF, and so does `>`, because `]]>` may not occur.
 */
function escaped(text: string): string {
  return sendable(text).replace(/[&<>\r]/g, (character) => references[character] ?? '');
}
