/** The XML-RPC endpoint: method calls in, method responses and faults out. */
import type { Gateway } from '../../../core/protocol/gateway.ts';
import { refuse } from '../../../core/protocol/refusal.ts';
import type { Endpoint, EndpointReply, EndpointRequest } from '../endpoint.ts';
import type { Relay } from '../relay/relay.ts';
import { bodyLimit } from '../routes.ts';
import { answerCall } from './answer-call.ts';
import { type Answered, refused, unread } from './answered-call.ts';
import { type MethodCall, readMethodCall } from './method-call.ts';
import { callsOwnMethod } from './multicall.ts';
import { Unreadable } from './unreadable.ts';
import { maxMembers, maxRelayedMembers, tooManyMembers } from './well-formed.ts';
import { readDocument } from './xml-document.ts';
import type { Element } from './xml-tree.ts';
import { writeFault, writeResponse } from './xmlrpc-reply.ts';

/** The XML-RPC endpoint of a gateway, and of the site behind it where there is one. @see PROTOCOL §8, §10 */
export function xmlrpcEndpoint(gateway: Pick<Gateway, 'answer'>, relay?: Relay): Endpoint {
  const tooLarge = (limit: number) => spell(failed(new Unreadable(-32700, `a body over ${limit} bytes`)));
  return {
    wire: 'xmlrpc',
    relays: relay !== undefined,
    async answer(request) {
      try {
        const call = await readCall(request, relay !== undefined);
        if (relay && request.body.length > bodyLimit && callsOwnMethod(call)) {
          return { ...tooLarge(bodyLimit), tooLarge: true };
        }
        return spell(await answerCall({ gateway, relay }, call, request));
      } catch (error) {
        return spell(failed(error));
      }
    },
    tooLarge,
    refuse: (code) => spell(refused('unknown', refuse(code))),
  };
}

async function readCall({ body, contentType }: EndpointRequest, relays: boolean): Promise<MethodCall> {
  const root = await readDocument(body, contentType, relays ? maxRelayedMembers : maxMembers);
  const call = readMethodCall(root);
  if (relays && callsOwnMethod(call) && membersIn(root) > maxMembers) tooManyMembers(maxMembers);
  return call;
}

function membersIn({ name, children }: Element): number {
  return children.reduce((sum, child) => sum + membersIn(child), name === 'member' ? 1 : 0);
}

function failed(error: unknown): Answered {
  if (error instanceof Unreadable) return unread({ code: error.code, text: error.message });
  return refused('unknown', refuse(500), error);
}

function spell({ outcome, reports }: Answered): EndpointReply {
  if ('relayed' in outcome) {
    const { contentType, body, release } = outcome.relayed;
    return { contentType, body, release, reports };
  }
  const body = outcome.ok ? writeResponse(outcome.value) : writeFault(outcome.fault);
  return { body, contentType: 'text/xml; charset=utf-8', reports };
}
