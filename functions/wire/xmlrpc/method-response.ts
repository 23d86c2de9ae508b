/** Reads the reply of the site behind, where it becomes part of another document. */
import { typedValue } from './method-call.ts';
import { notACall } from './unreadable.ts';
import { readDocument } from './xml-document.ts';
import type { Element } from './xml-tree.ts';
import type { Reply } from './xmlrpc-reply.ts';

/** The value of a reply, or the struct of its fault. */
export type MethodResponse =
  | { readonly kind: 'value'; readonly value: Reply }
  | { readonly kind: 'fault'; readonly fault: Reply };

/**
 * Reads a reply with its types. A fault's code may be any value: SOAP::Lite sends words.
 * @throws {Unreadable}
 */
export async function readMethodResponse(body: Uint8Array, contentType: string): Promise<MethodResponse> {
  const root = await readDocument(body, contentType, Number.POSITIVE_INFINITY);
  if (root.name !== 'methodResponse') return notACall('the root is not methodResponse');
  const content = only(root);
  if (content.name === 'fault') return { kind: 'fault', fault: typedValue(only(content)) };
  return { kind: 'value', value: typedValue(only(only(content))) };
}

function only(parent: Element): Element {
  const [child, ...others] = parent.children;
  return child && others.length === 0 ? child : notACall(`a ${parent.name} has one part`);
}
