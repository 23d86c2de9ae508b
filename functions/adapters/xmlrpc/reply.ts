/** Replies as XML, written by xmlbuilder2; nothing else here knows how. */
import { create } from 'xmlbuilder2';
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

/** The reply document of a call that was answered. @see PROTOCOL §8 */
export function writeResponse(value: Reply): string {
  const response = newResponse();
  writeValue(response.ele('params').ele('param'), value);
  return response.end();
}

/** The reply document of a call that failed. */
export function writeFault(fault: Fault): string {
  const response = newResponse();
  writeValue(response.ele('fault'), faultStruct(fault));
  return response.end();
}

type Node = ReturnType<typeof create>;

function newResponse(): Node {
  return create({ version: '1.0', encoding: 'UTF-8' }).ele('methodResponse');
}

function writeValue(parent: Node, value: Reply): void {
  const typed = parent.ele('value');
  if (typeof value === 'number') typed.ele('int').txt(String(value));
  else if (typeof value === 'string') typed.ele('string').txt(escaped(value));
  else if (Array.isArray(value)) {
    const data = typed.ele('array').ele('data');
    for (const item of value) writeValue(data, item);
  } else {
    const struct = typed.ele('struct');
    for (const [name, item] of Object.entries(value)) {
      const member = struct.ele('member');
      member.ele('name').txt(escaped(name));
      writeValue(member, item);
    }
  }
}

/**
 * xmlbuilder2 passes on whatever looks like a reference, so that `&nbsp;` would break the document
 * and `&lt;` change its meaning, and writes CR as it is, which every parser reads as LF.
 */
function escaped(text: string): string {
  return sendable(text).replaceAll('&', '&amp;').replaceAll('\r', '&#13;');
}
