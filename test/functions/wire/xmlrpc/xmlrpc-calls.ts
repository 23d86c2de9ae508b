/** Calls as text, gateways that remember what they were asked, and replies taken apart. */

import type { Call } from '../../../../core/protocol/call.ts';
import type { Context } from '../../../../core/protocol/context.ts';
import type { Answer, Gateway } from '../../../../core/protocol/gateway.ts';
import type { Arguments } from '../../../../core/protocol/values.ts';
import type { EndpointReply } from '../../../../functions/wire/endpoint.ts';
import { xmlrpcEndpoint } from '../../../../functions/wire/xmlrpc/xmlrpc-endpoint.ts';
import { requestFacts, textIn } from '../../../support/request-facts.ts';
import { named } from '../../../support/site.ts';

export const context: Context = {
  address: '192.0.2.1',
  cookie: undefined,
  ljAuth: undefined,
  agent: 'Test/1.0',
};

/** `<value>` around what stands in it. */
export const value = (inner: string) => `<value>${inner}</value>`;

/** A struct value of members that are already spelled: `{ ver: '<int>1</int>' }`. */
export function struct(members: Readonly<Record<string, string>>): string {
  const all = Object.entries(members).map(
    ([name, inner]) => `<member><name>${name}</name>${value(inner)}</member>`,
  );
  return value(`<struct>${all.join('')}</struct>`);
}

/** An array value of values. */
export const array = (...values: readonly string[]) =>
  value(`<array><data>${values.join('')}</data></array>`);

/** A method call with its values as params. */
export function callOf(methodName: string, ...values: readonly string[]): string {
  const params = values.map((each) => `<param>${each}</param>`).join('');
  return `<?xml version="1.0"?><methodCall><methodName>${methodName}</methodName><params>${params}</params></methodCall>`;
}

/** A login call with members beside the username. */
export const loginCall = (members: Readonly<Record<string, string>> = {}) =>
  callOf('LJ.XMLRPC.login', struct({ username: 'test', ...members }));

export const bytes = (text: string) => new TextEncoder().encode(text);

/** The answer of a login that has nothing to say. */
const plainLogin: Answer = {
  ok: true,
  value: {
    method: 'login',
    value: {
      userid: 3,
      username: named('test'),
      fullname: 'Test Account',
      friendgroups: [],
      usejournals: [],
    },
  },
};

/** A gateway that gives one answer to everything, and remembers what it was asked. */
export function stubGateway(
  answer: Answer = plainLogin,
): Pick<Gateway, 'answer'> & { readonly calls: Call[] } {
  const calls: Call[] = [];
  return {
    calls,
    async answer(call) {
      calls.push(call);
      return answer;
    },
  };
}

/** Sends a body to the endpoint. */
export function ask(
  gateway: Pick<Gateway, 'answer'>,
  body: string | Uint8Array,
  contentType: string | undefined = 'text/xml',
): Promise<EndpointReply> {
  return xmlrpcEndpoint(gateway).answer({
    body: typeof body === 'string' ? bytes(body) : body,
    contentType,
    context,
    facts: requestFacts,
  });
}

/** The arguments with which a body reaches the gateway. */
export async function argumentsOf(body: string | Uint8Array, contentType?: string): Promise<Arguments> {
  const gateway = stubGateway();
  const { reports } = await ask(gateway, body, contentType);
  const [call] = gateway.calls;
  if (!call || !('args' in call)) throw new Error(`not a call for an account: ${JSON.stringify(reports)}`);
  return call.args;
}

const faultDocument =
  /^<\?xml version="1\.0" encoding="UTF-8"\?><methodResponse><fault><value><struct><member><name>faultCode<\/name><value><int>(-?\d+)<\/int><\/value><\/member><member><name>faultString<\/name><value><string>([^<]*)<\/string><\/value><\/member><\/struct><\/value><\/fault><\/methodResponse>$/;

/** The fault that a reply is, or `undefined` when it is no fault document to the letter. */
export function faultIn(reply: EndpointReply): { readonly code: number; readonly text: string } | undefined {
  const [, code, text] = faultDocument.exec(textIn(reply)) ?? [];
  return code === undefined || text === undefined ? undefined : { code: Number(code), text };
}

/** The code of the fault that answers a body. */
export async function faultCodeOf(
  body: string | Uint8Array,
  contentType?: string,
): Promise<number | undefined> {
  return faultIn(await ask(stubGateway(), body, contentType))?.code;
}

/** A reply's single value, without the document around it. */
export function resultIn(reply: EndpointReply): string | undefined {
  return /^<\?xml version="1\.0" encoding="UTF-8"\?><methodResponse><params><param>(.*)<\/param><\/params><\/methodResponse>$/s.exec(
    textIn(reply),
  )?.[1];
}
