/** Refused log-ins for operators, in SQL. */
import type { RefusalDirectory } from '../../../core/accounts/administration.ts';
import { isKeyOf, parseRefusalKey, type RefusalKey } from '../../../core/auth/bans.ts';
import { type SqlDriver, statement } from './driver.ts';
import type { Write } from './read-cache.ts';
import { yieldToEventLoop } from './slices.ts';

/** Rows that are read without a pause. */
const rowsAtOnce = 5000;

/** The refusals of the refused table. No index has the network, so all rows are read: they are of minutes. */
export function sqlRefusals(read: SqlDriver['read'], write: Write): RefusalDirectory {
  return {
    async find(of) {
      const found = new Map<RefusalKey, number[]>();
      let after = 0;
      for (;;) {
        const [rows = []] = await read([
          statement(
            'SELECT rowid AS number, key, at FROM refused WHERE rowid > ?1 ORDER BY rowid LIMIT ?2',
            after,
            rowsAtOnce,
          ),
        ]);
        for (const { number, key, at } of rows) {
          after = Number(number);
          const named = parseRefusalKey(String(key));
          if (named && isKeyOf(named, of)) found.set(named, [...(found.get(named) ?? []), Number(at)]);
        }
        if (rows.length < rowsAtOnce) return found;
        await yieldToEventLoop();
      }
    },
    async remove(keys) {
      if (keys.length === 0) return;
      await write({ keys }, [
        statement('DELETE FROM refused WHERE key IN (SELECT value FROM json_each(?1))', JSON.stringify(keys)),
      ]);
    },
  };
}
