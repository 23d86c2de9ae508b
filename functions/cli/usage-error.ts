/** Wrong usage: exit code 2. */
export class UsageError extends Error {}

/**
 * Runs work that depends on one flag.
 * @throws {UsageError} that names the flag, for whatever the work throws
 */
export async function blame<T>(flag: `--${string}`, work: () => T | Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    throw new UsageError(`${flag}: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
  }
}
