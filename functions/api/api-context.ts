/** What the interface for sites works with, and what its operations are. */
import type * as v from 'valibot';
import type { Scope, Token } from '../../core/auth/token.ts';
import type { Ports } from '../../core/ports.ts';
import type { Gateway } from '../../core/protocol/gateway.ts';
import type { Composition } from '../../infra/compose.ts';
import { siteVerbs } from '../../infra/operations/site-verbs.ts';
import { type BanOperator, checkInput, type Verb } from '../../infra/operations/verb-definition.ts';
import type { AdministeredStore } from '../../infra/stores/open-store.ts';

/** What operations work with. */
export interface ApiContext {
  readonly gateway: Gateway;
  readonly ports: Ports;
  readonly operator: BanOperator;
}

type ApiParts = Pick<Composition<AdministeredStore>, 'gateway' | 'store' | 'bans'> & {
  readonly ports: Ports;
};

/** The interface's view of what a gateway was built from. */
export function apiContext({ gateway, ports, store, bans }: ApiParts): ApiContext {
  const operator = { store, bans, clock: ports.clock, random: ports.random, unlock: async () => ports };
  return { gateway, ports, operator };
}

/** The parts of a request that an operation's input is made of. */
export interface InputParts {
  readonly path: Readonly<Record<string, unknown>>;
  readonly query: Readonly<Record<string, unknown>>;
  readonly body: Readonly<Record<string, unknown>>;
  /** From `If-Match`. */
  readonly version?: string;
}

/** An operation of the interface. */
export interface ApiOperation {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Below `/api/v1`; `{name}` is a member of the input. */
  readonly path: `/${string}`;
  readonly summary: string;
  /** A token needs one of them; without any, every token will do. */
  readonly scopes: readonly Scope[];
  /** What the whole input has to be. */
  readonly input: v.GenericSchema;
  /** Members of the input that come in the query. */
  readonly query?: readonly string[];
  /** What the body has to be, for the description, where `input` does not say it. */
  readonly body?: v.GenericSchema;
  /** The status of success: 200, or 201 where something was made. */
  readonly status?: 201;
  /** What 200 means beside 201: that an end user was refused. */
  readonly refusal?: string;
  /** The name of the change in the audit log; absent where nothing is changed. */
  readonly audit?: string;
  /** The member of the answer that has a result that is a list. */
  readonly list?: string;
  /** What is answered, for the description. */
  readonly result: v.GenericSchema;
  /** Makes the input; by default the parts are merged. */
  readonly inputOf?: (parts: InputParts) => unknown;
  readonly run: (api: ApiContext, input: unknown, token: Token) => Promise<unknown>;
}

type Described = Omit<ApiOperation, 'input' | 'run' | 'audit'>;

/** An operation that is a verb of the command line and the admin function. */
export function verbOperation(name: keyof typeof siteVerbs, described: Described): ApiOperation {
  const verb: Verb<unknown, BanOperator> = siteVerbs[name];
  return {
    ...described,
    input: verb.schema,
    ...(verb.changes && { audit: name }),
    run: ({ operator }, input) => verb.run(operator, input),
  };
}

/** An operation of the interface alone. */
export function ownOperation<Schema extends v.GenericSchema>(
  described: Described & { readonly input: Schema; readonly audit?: string },
  run: (api: ApiContext, input: v.InferOutput<Schema>, token: Token) => Promise<unknown>,
): ApiOperation {
  return {
    ...described,
    run: async (api, input, token) => run(api, checkInput(described.input, input), token),
  };
}
