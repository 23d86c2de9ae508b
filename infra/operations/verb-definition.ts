/** What a verb of the command line and of the admin function is. */
import * as v from 'valibot';
import { type Fault, faultsOf, reasonOf } from '../../core/accounts/validation.ts';
import type { BanRules } from '../../core/auth/bans.ts';
import type { SecretSource } from '../secrets/secret-source.ts';
import type { Finding } from '../stores/finding.ts';
import type { OpenStore } from '../stores/open-store.ts';
import type { Operator } from './operator-context.ts';

/** What most verbs work with. */
export interface BanOperator extends Operator {
  /** The rules by which refused log-ins are a ban. */
  readonly bans: BanRules;
}

/** What verbs work with that look at the installation. */
export interface OperatorContext extends BanOperator {
  readonly store: OpenStore;
  readonly source: SecretSource;
  /** What the entry point found about its settings. */
  readonly configuration: readonly Finding[];
  /** Asks the site behind; absent where there is none. */
  readonly checkSite?: () => Promise<readonly Finding[]>;
}

/** A verb. */
export interface Verb<Result = unknown, Needed = OperatorContext> {
  /** What its input has to be. */
  readonly schema: v.GenericSchema;
  /** Whether it writes anything that lasts. */
  readonly changes: boolean;
  /**
   * Checks the input, then does it.
   * @throws {WrongInput} before anything is done
   * @throws {OperationRefused | StoreUnavailable | StoreFailed}
   */
  readonly run: (operator: Needed, input: unknown) => Promise<Result>;
}

/** The input was wrong, so nothing was done. */
export class WrongInput extends Error {
  override name = 'WrongInput';
  readonly faults: readonly Fault[];

  constructor(message: string, faults: readonly Fault[]) {
    super(message);
    this.faults = faults;
  }
}

/** Checks an input. @throws {WrongInput} */
export function checkInput<Schema extends v.GenericSchema>(
  schema: Schema,
  input: unknown,
): v.InferOutput<Schema> {
  const checked = v.safeParse(schema, input, { abortPipeEarly: true });
  if (checked.success) return checked.output;
  throw new WrongInput(reasonOf(checked.issues), faultsOf(checked.issues));
}

/** Defines a verb on what a store has. */
export const verb = defined<BanOperator>();

/** Defines a verb on the installation as a whole. */
export const installationVerb = defined<OperatorContext>();

/** Fixes what a verb needs, so that its input and result can be inferred. */
function defined<Needed>() {
  return <Schema extends v.GenericSchema, Result>(
    schema: Schema,
    changes: boolean,
    run: (operator: Needed, input: v.InferOutput<Schema>) => Promise<Result>,
  ): Verb<Result, Needed> => ({
    schema,
    changes,
    run: async (operator, input) => run(operator, checkInput(schema, input)),
  });
}
