/** Converts errors of a store's vendor to the ports' errors. */
import { StoreFailed, StoreUnavailable } from '../../core/failures.ts';

/**
 * The port's error for an error of a store.
 * @param doing the operation that failed; the message begins with it
 * @param isPassing whether the same call may succeed later
 */
export function storeError(
  doing: string,
  cause: unknown,
  isPassing: (cause: unknown) => boolean,
): StoreFailed | StoreUnavailable {
  if (cause instanceof StoreFailed || cause instanceof StoreUnavailable) return cause;
  const message = `${doing}: ${cause instanceof Error ? cause.message || cause.name : cause}`;
  return isPassing(cause) ? new StoreUnavailable(message, { cause }) : new StoreFailed(message, { cause });
}
