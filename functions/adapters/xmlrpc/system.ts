/** The `system.` methods that clients explore a server with; they need no account. */
import { accept, type Outcome, refuse } from '../../../core/refusal.ts';
import { textOf, type Value } from '../../../core/values.ts';
import type { Reply } from './reply.ts';

/** The methods that answer for the door itself. */
const systemMethods = [
  'system.listMethods',
  'system.methodSignature',
  'system.methodHelp',
  'system.getCapabilities',
  'system.multicall',
] as const;
export type SystemMethod = (typeof systemMethods)[number];

/** Recognises the name of a `system.` method. */
export function isSystemMethod(name: string): name is SystemMethod {
  return (systemMethods as readonly string[]).includes(name);
}

/** `signatures`: the type of the result first, then those of the parameters. */
interface Description {
  readonly signatures: string[][];
  readonly help: string;
}

const account = 'username, auth_method and its credentials, ver';

const descriptions: ReadonlyMap<string, Description> = new Map([
  [
    'LJ.XMLRPC.getchallenge',
    {
      signatures: [['struct'], ['struct', 'struct']],
      help: 'Gives a challenge for auth_method "challenge", good once and for a minute.',
    },
  ],
  [
    'LJ.XMLRPC.login',
    {
      signatures: [['struct', 'struct']],
      help: `Checks an account's credentials and gives what a client needs to start. Takes ${account}, clientversion, getmoods, getmenus, getpickws, getpickwurls, getcaps.`,
    },
  ],
  [
    'LJ.XMLRPC.sessiongenerate',
    {
      signatures: [['struct', 'struct']],
      help: `Gives a session for the ljsession cookie. Takes ${account}, expiration, ipfixed.`,
    },
  ],
  [
    'LJ.XMLRPC.sessionexpire',
    {
      signatures: [['struct', 'struct']],
      help: `Ends sessions of an account. Takes ${account}, expire, expireall.`,
    },
  ],
  ['system.listMethods', { signatures: [['array']], help: 'Lists the methods of this server.' }],
  [
    'system.methodSignature',
    {
      signatures: [['array', 'string']],
      help: 'Gives the signatures of a method: the type of its result, then those of its parameters.',
    },
  ],
  ['system.methodHelp', { signatures: [['string', 'string']], help: 'Says what a method does.' }],
  [
    'system.getCapabilities',
    { signatures: [['struct']], help: 'Gives the specifications that this server follows.' },
  ],
  [
    'system.multicall',
    {
      signatures: [['array', 'array']],
      help: 'Makes several calls, one after another. Takes an array of structs of methodName and params.',
    },
  ],
]);

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
      return describe(param, ({ signatures }) => signatures);
    case 'system.methodHelp':
      return describe(param, ({ help }) => help);
  }
}

function describe(param: Value | undefined, part: (description: Description) => Reply): Outcome<Reply> {
  const name = textOf(param);
  if (name === undefined) return refuse(203);
  const description = descriptions.get(name.trim());
  return description ? accept(part(description)) : refuse(201);
}
