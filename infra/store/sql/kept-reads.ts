/**
 * Reads that need not be made again: a client calls often, and little changes in between. What was read
 * is good until this process changes a record, or the database says that another did.
 */
import { LRUCache } from 'lru-cache';
import type { Records, RecordsQuery } from '../../../core/ports.ts';
import type { SqlDriver } from './driver.ts';

/** The reads of a store. */
export interface KeptReads {
  /** What was read and still holds, else what `read` reads now. */
  read(query: RecordsQuery, read: () => Promise<Records>): Promise<Records>;
  /** The same driver for whatever changes records: after a write of its, all is read again. */
  readonly changing: SqlDriver;
}

/** Keeps the reads of a driver that can tell when others wrote; with any other, keeps none. */
export function keepReads(driver: SqlDriver): KeptReads {
  const { version } = driver;
  if (!version) return { read: (_, read) => read(), changing: driver };
  const kept = new LRUCache<string, Records>({ max: 1000 });
  let seen: number | undefined;
  let emptied = 0;
  const empty = () => {
    kept.clear();
    emptied++;
  };
  return {
    async read(query, read) {
      if (kept.size > 0) {
        const now = version();
        if (now !== seen) empty();
        seen = now;
      }
      const name = nameOf(query);
      const known = kept.get(name);
      if (known) return known;
      const before = emptied;
      const records = await read();
      // A write that came in between has changed what was read.
      if (emptied === before) kept.set(name, records);
      return records;
    },
    changing: { ...driver, write: (statements) => driver.write(statements, empty) },
  };
}

/** Names, ids and keys hold no blanks. */
function nameOf({ account, sessions, refusals }: RecordsQuery): string {
  return `${account} ${sessions.join()} ${refusals.join()}`;
}
