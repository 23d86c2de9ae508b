/** Calls as text, gateways that remember what they were asked, and replies taken apart. */
import type { Call, Context } from '../../../../core/call.ts';
import type { Answer, Gateway } from '../../../../core/gateway.ts';
import type { Arguments } from '../../../../core/values.ts';
import type { DoorReply } from '../../../../functions/adapters/door.ts';
import { xmlrpcDoor } from '../../../../functions/adapters/xmlrpc.ts';

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
    value: { userid: 3, fullname: 'Test Account', friendgroups: [], usejournals: [] },
  },
};

/** A gateway that gives one answer to everything, and remembers what it was asked. */
export function stubGateway(answer: Answer = plainLogin): Gateway & { readonly calls: Call[] } {
  const calls: Call[] = [];
  return {
    calls,
    async answer(call) {
      calls.push(call);
      return answer;
    },
  };
}

/** Sends a body through the door. */
export function ask(
  gateway: Gateway,
  body: string | Uint8Array,
  contentType: string | undefined = 'text/xml',
): Promise<DoorReply> {
  return xmlrpcDoor(gateway).answer({
    body: typeof body === 'string' ? bytes(body) : body,
    contentType,
    context,
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
export function faultIn({ body }: DoorReply): { readonly code: number; readonly text: string } | undefined {
  const [, code, text] = faultDocument.exec(body) ?? [];
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
export function resultIn({ body }: DoorReply): string | undefined {
  return /^<\?xml version="1\.0" encoding="UTF-8"\?><methodResponse><params><param>(.*)<\/param><\/params><\/methodResponse>$/s.exec(
    body,
  )?.[1];
}
