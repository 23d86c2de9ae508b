/** Gives each list of statements a transaction of its own; those of one turn of the event loop share it otherwise. */
import { sqliteDriver as real } from '../../../infra/stores/sqlite/sqlite-driver.ts';

export const sqliteDriver: typeof real = (database, file, observer) => {
  const driver = real(database, file, observer);
  const queued: (() => void)[] = [];
  function next(): void {
    queued.shift()?.();
    // After the driver's own tick, which `queued` has just asked for.
    if (queued.length > 0) process.nextTick(next);
  }
  function alone<Result>(ask: () => Promise<Result>): Promise<Result> {
    return new Promise((resolve, reject) => {
      if (queued.push(() => ask().then(resolve, reject)) === 1) process.nextTick(next);
    });
  }
  return {
    ...driver,
    read: (statements) => alone(() => driver.read(statements)),
    write: (statements, options) => alone(() => driver.write(statements, options)),
  };
};
