/** Opens something on first use. */

/**
 * Opens something once: all callers get the same promise. After a failure the next caller opens it again.
 */
export function openOnce<Arguments extends readonly unknown[], T>(
  open: (...args: Arguments) => Promise<T>,
): (...args: Arguments) => Promise<T> {
  let opening: Promise<T> | undefined;
  return (...args) => {
    opening ??= open(...args).catch((error: unknown) => {
      opening = undefined;
      throw error;
    });
    return opening;
  };
}
