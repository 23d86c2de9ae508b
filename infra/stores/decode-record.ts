/** Checks records that are read from a store. */
import * as v from 'valibot';
import { wrongPlaces } from '../../core/accounts/validation.ts';
import { StoreFailed } from '../../core/failures.ts';

/**
 * Checks a record by its schema.
 * @throws {StoreFailed} naming `what` the record should have been
 */
export function decode<const Schema extends v.GenericSchema>(
  schema: Schema,
  plain: unknown,
  what: string,
): v.InferOutput<Schema> {
  const result = v.safeParse(schema, plain);
  if (result.success) return result.output;
  throw new StoreFailed(`the record of ${what} is malformed`, { cause: wrongPlaces(result.issues) });
}
