/** The `system.` methods that clients explore a server with; they need no account. */
import { methodHelp } from '../../../core/protocol/methods/help.ts';
import { type Method, methodNames, methods } from '../../../core/protocol/methods/table.ts';
import { accept, type Outcome, refuse, unknownMethod } from '../../../core/protocol/refusal.ts';
import { textOf, type Value } from '../../../core/protocol/values.ts';
import type { Reply } from './xmlrpc-reply.ts';

/** Begins the name of every method of the protocol. */
export const methodPrefix = 'LJ.XMLRPC.';

/** `signatures`: the type of the result first, then those of the parameters. */
interface Description {
  readonly signatures: readonly (readonly string[])[];
  readonly help: string;
}

/** The methods about the server itself. */
const systemMethods = {
  'system.listMethods': { signatures: [['array']], help: 'Lists the methods of this server.' },
  'system.methodSignature': {
    signatures: [['array', 'string']],
    help: 'Gives the signatures of a method: the type of its result, then those of its parameters.',
  },
  'system.methodHelp': { signatures: [['string', 'string']], help: 'Says what a method does.' },
  'system.getCapabilities': {
    signatures: [['struct']],
    help: 'Gives the specifications that this server follows.',
  },
  'system.multicall': {
    signatures: [['array', 'array']],
    help: 'Makes several calls, one after another. Takes an array of structs of methodName and params.',
  },
} satisfies Readonly<Record<string, Description>>;

export type SystemMethod = keyof typeof systemMethods;

/** Recognises the name of a `system.` method. */
export function isSystemMethod(name: string): name is SystemMethod {
  return Object.hasOwn(systemMethods, name);
}

const descriptions: ReadonlyMap<string, Description> = new Map<string, Description>([
  ...methodNames.map((method) => [methodPrefix + method, describe(method)] as const),
  ...Object.entries(systemMethods),
]);

function describe(method: Method): Description {
  return { signatures: methods[method].signatures, help: methodHelp(method) };
}

const capabilities = {
  xmlrpc: { specUrl: 'http://www.xmlrpc.com/spec', specVersion: 1 },
  introspection: {
    specUrl: 'http://xmlrpc-c.sourceforge.net/introspection.html',
    specVersion: 1,
  },
  'system.multicall': {
    specUrl: 'http://www.xmlrpc.com/discuss/msgReader$1208',
    specVersion: 1,
  },
  faults_interop: {
    specUrl: 'http://xmlrpc-epi.sourceforge.net/specs/rfc.fault_codes.php',
    specVersion: 20010516,
  },
};

/** Answers a `system.` method other than `system.multicall`, which makes calls of its own. */
export function answerSystem(
  method: Exclude<SystemMethod, 'system.multicall'>,
  param: Value | undefined,
): Outcome<Reply> {
  switch (method) {
    case 'system.listMethods':
      return param === undefined ? accept([...descriptions.keys()]) : refuse(203);
    case 'system.getCapabilities':
      return param === undefined ? accept(capabilities) : refuse(203);
    case 'system.methodSignature':
      return descriptionOf(param, ({ signatures }) => signatures.map((types) => [...types]));
    case 'system.methodHelp':
      return descriptionOf(param, ({ help }) => help);
  }
}

function descriptionOf(param: Value | undefined, part: (description: Description) => Reply): Outcome<Reply> {
  const name = textOf(param);
  if (name === undefined) return refuse(203);
  const description = descriptions.get(name.trim());
  return description ? accept(part(description)) : unknownMethod(name.trim());
}
