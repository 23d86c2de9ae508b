/** Deadlines and retries: an operation ends in time, well or as one of the ports' errors. */
import { StoreFailed, StoreUnavailable } from '../../../core/ports.ts';

/**
 * Runs an operation with all its retries. The deadline is raced, not only signalled: the SDK
 * sleeps between two attempts without looking at the signal.
 * @param doing what to call it in an error's message
 * @throws {StoreUnavailable} past the deadline, or when DynamoDB cannot be reached or is overloaded
 * @throws {StoreFailed} for anything else that goes wrong
 */
export async function within<T>(
  deadline: number,
  doing: string,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const controller = new AbortController();
  const expiry = Promise.withResolvers<never>();
  const timer = setTimeout(() => {
    expiry.reject(new DOMException(`no answer within ${deadline} ms`, 'TimeoutError'));
  }, deadline);
  try {
    return await Promise.race([work(controller.signal), expiry.promise]);
  } catch (cause) {
    controller.abort();
    throw translated(doing, cause);
  } finally {
    clearTimeout(timer);
  }
}

/** Waits before the next attempt at what a batch left undone, longer each time, at random. */
export async function pause(attempt: number, signal: AbortSignal): Promise<void> {
  const most = Math.min(1000, 25 * 2 ** attempt);
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, Math.random() * most);
  const stop = () => reject(signal.reason);
  signal.addEventListener('abort', stop);
  try {
    signal.throwIfAborted();
    await promise;
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', stop);
  }
}

/** What DynamoDB calls too many requests. */
const throttling = new Set([
  'LimitExceededException',
  'ProvisionedThroughputExceededException',
  'RequestLimitExceeded',
  'ThrottlingException',
]);

/** An error of the SDK in the words of the ports. */
export function translated(doing: string, cause: unknown): Error {
  if (cause instanceof StoreFailed || cause instanceof StoreUnavailable) return cause;
  const message = `DynamoDB, ${doing}: ${cause instanceof Error ? cause.message || cause.name : cause}`;
  return isPassing(cause) ? new StoreUnavailable(message, { cause }) : new StoreFailed(message, { cause });
}

/** Whether the same request may well succeed later, with nothing changed. */
function isPassing(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const status = statusOf(error);
  return (
    throttling.has(error.name) ||
    error.name === 'TimeoutError' ||
    error.name === 'AbortError' ||
    (status !== undefined && (status === 429 || status >= 500)) ||
    // The system's: ECONNREFUSED, ENOTFOUND, EAI_AGAIN, …
    ('code' in error && /^E[A-Z_]+$/.test(String(error.code)))
  );
}

function statusOf(error: Error): number | undefined {
  if (!('$metadata' in error)) return undefined;
  const { httpStatusCode } = error.$metadata as { readonly httpStatusCode?: number };
  return httpStatusCode;
}
