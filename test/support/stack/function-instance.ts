/** One function of a stack: a process that takes one event after another, and is ended when it takes too long. */
import type { Invoke } from '../http-api.ts';
import type { LambdaFunction } from '../lambda-runtime.ts';

/** A function that starts with its first event. */
export interface FunctionInstance {
  readonly invoke: Invoke;
  stop(): Promise<void>;
}

/** `timeout` in seconds counts from when an event has its turn. */
export function functionInstance(start: () => Promise<LambdaFunction>, timeout: number): FunctionInstance {
  let running: Promise<LambdaFunction> | undefined;
  let before: Promise<unknown> = Promise.resolve();

  async function call(event: unknown): Promise<unknown> {
    running ??= start();
    const one = await running;
    const late = Promise.withResolvers<never>();
    const timer = setTimeout(
      () => late.reject(new Error(`Task timed out after ${timeout} seconds`)),
      timeout * 1000,
    );
    try {
      return await Promise.race([one.invoke(event), late.promise]);
    } catch (error) {
      // Lambda ends the process of a function that failed so, and starts another for the next event.
      running = undefined;
      await one.stop();
      throw error;
    } finally {
      clearTimeout(timer);
    }
  }

  return {
    invoke(event) {
      const result = before.then(() => call(event));
      before = result.catch(() => {});
      return result;
    },
    async stop() {
      await (await running)?.stop();
    },
  };
}
