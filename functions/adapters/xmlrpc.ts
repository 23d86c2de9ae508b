/** The XML-RPC door: method calls in, method responses and faults out. */
import type { Gateway } from '../../core/gateway.ts';
import { refuse } from '../../core/refusal.ts';
import type { Door, DoorReply, DoorRequest } from './door.ts';
import { type Answered, refused, unread } from './xmlrpc/answered.ts';
import { type MethodCall, readMethodCall } from './xmlrpc/call-document.ts';
import { answerCall } from './xmlrpc/calls.ts';
import { decodeBody } from './xmlrpc/encoding.ts';
import { plainTree } from './xmlrpc/plain-tree.ts';
import { writeFault, writeResponse } from './xmlrpc/reply.ts';
import type { Element } from './xmlrpc/tree.ts';
import { Unreadable } from './xmlrpc/unreadable.ts';
import { wellFormed } from './xmlrpc/wellformed.ts';

/** Opens the XML-RPC door of a gateway. @see PROTOCOL §8 */
export function xmlrpcDoor(gateway: Gateway): Door {
  return {
    wire: 'xmlrpc',
    async answer(request) {
      try {
        return spell(await answerCall(gateway, await readCall(request), request.context));
      } catch (error) {
        return spell(failed(error));
      }
    },
    tooLarge(limit) {
      return spell(failed(new Unreadable(-32700, `a body over ${limit} bytes`)));
    },
  };
}

async function readCall({ body, contentType }: DoorRequest): Promise<MethodCall> {
  const text = decodeBody(body, contentType);
  return readMethodCall(plainTree(text) ?? (await anyTree(text)));
}

/** Few clients send what takes a whole parser, which is loaded when one does. */
async function anyTree(text: string): Promise<Element> {
  const plain = wellFormed(text);
  const { readTree } = await import('./xmlrpc/tree.ts');
  return readTree(plain);
}

function failed(error: unknown): Answered {
  if (error instanceof Unreadable) return unread({ code: error.code, text: error.message });
  return refused('unknown', refuse(500), error);
}

function spell({ outcome, reports }: Answered): DoorReply {
  const body = outcome.ok ? writeResponse(outcome.value) : writeFault(outcome.fault);
  return { body, contentType: 'text/xml; charset=utf-8', reports };
}
