/** Reads a body as an XML document. */
import { plainTree } from './plain-tree.ts';
import { wellFormed } from './well-formed.ts';
import { decodeBody } from './xml-encoding.ts';
import type { Element } from './xml-tree.ts';

/**
 * The root element of a body.
 * @throws {Unreadable} -32700, -32701 or -32600
 * @see PROTOCOL §8
 */
export async function readDocument(
  body: Uint8Array,
  contentType: string | undefined,
  mostMembers: number,
): Promise<Element> {
  const text = decodeBody(body, contentType);
  return plainTree(text, mostMembers) ?? (await anyTree(text, mostMembers));
}

/** The parser is loaded when a client first sends what `plainTree` does not read; few clients do. */
async function anyTree(text: string, mostMembers: number): Promise<Element> {
  const plain = wellFormed(text, mostMembers);
  const { readTree } = await import('./xml-tree.ts');
  return readTree(plain);
}
