/** What a verb of the command line and of the admin function is. */
import * as v from 'valibot';
import { reasonOf } from '../../core/accounts/validation.ts';
import type { BanRules } from '../../core/auth/bans.ts';
import type { SecretSource } from '../secrets/secret-source.ts';
import type { Finding } from '../stores/finding.ts';
import type { OpenStore } from '../stores/open-store.ts';
import type { Operator } from './operator-context.ts';

/** What verbs work with. */
export interface OperatorContext extends Operator {
  readonly store: OpenStore;
  readonly source: SecretSource;
  /** The rules by which refused log-ins are a ban. */
  readonly bans: BanRules;
  /** What the entry point found about its settings. */
  readonly configuration: readonly Finding[];
  /** Asks the site behind; absent where there is none. */
  readonly checkSite?: () => Promise<readonly Finding[]>;
}

/** A verb. */
export interface Verb<Result = unknown> {
  /** Whether it writes anything that lasts. */
  readonly changes: boolean;
  /**
   * Checks the input, then does it.
   * @throws {WrongInput} before anything is done
   * @throws {OperationRefused | StoreUnavailable | StoreFailed}
   */
  run(operator: OperatorContext, input: unknown): Promise<Result>;
}

/** The input was wrong, so nothing was done. */
export class WrongInput extends Error {
  override name = 'WrongInput';
}

/** Defines a verb. */
export function verb<Schema extends v.GenericSchema, Result>(
  schema: Schema,
  changes: boolean,
  run: (operator: OperatorContext, input: v.InferOutput<Schema>) => Promise<Result>,
): Verb<Result> {
  return {
    changes,
    async run(operator, input) {
      const checked = v.safeParse(schema, input, { abortPipeEarly: true });
      if (!checked.success) throw new WrongInput(reasonOf(checked.issues));
      return run(operator, checked.output);
    },
  };
}
