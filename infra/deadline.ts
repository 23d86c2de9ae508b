/** Work that has to end in time. */

/**
 * Runs work for so many milliseconds at most. The deadline is raced and not only signalled: the AWS SDK
 * sleeps between two attempts without looking at the signal. Whatever goes wrong aborts the signal.
 * @throws {DOMException} `TimeoutError` past the deadline, else what the work throws
 */
export async function withDeadline<T>(
  milliseconds: number,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const controller = new AbortController();
  const expiry = Promise.withResolvers<never>();
  const timer = setTimeout(() => {
    expiry.reject(new DOMException(`no answer within ${milliseconds} ms`, 'TimeoutError'));
  }, milliseconds);
  try {
    return await Promise.race([work(controller.signal), expiry.promise]);
  } catch (cause) {
    controller.abort();
    throw cause;
  } finally {
    clearTimeout(timer);
  }
}
