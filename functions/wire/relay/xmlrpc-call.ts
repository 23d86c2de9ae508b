/** A call for the site in XML-RPC, and its answer where that becomes part of a multicall's. @see PROTOCOL §10 */
import type { Credential } from '../../../infra/upstream/upstream.ts';
import { methodPrefix } from '../xmlrpc/system-methods.ts';
import { type Reply, type ReplyMembers, writeCall } from '../xmlrpc/xmlrpc-reply.ts';
import { isCredential } from './relay.ts';

const encoder = new TextEncoder();

/** The struct as it was read, without what says who called. */
export function documentOf(
  method: string,
  param: Reply | undefined,
  username: string,
  credentials: readonly Credential[],
): Uint8Array {
  const sent: ReplyMembers = param instanceof Map ? param : new Map();
  const members = new Map<string, Reply>([...sent].filter(([name]) => !isCredential(name)));
  for (const [name, value] of [['username', username] as const, ...credentials]) members.set(name, value);
  return encoder.encode(writeCall(methodPrefix + method, members));
}
