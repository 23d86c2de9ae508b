/** The pause before a batch is retried that DynamoDB processed only in part. */

/** Waits before the next attempt: longer each time, random, and ended by the signal. */
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
