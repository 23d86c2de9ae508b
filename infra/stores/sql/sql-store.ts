/** The core's ports in SQL, over any driver. */
import * as v from 'valibot';
import type { RefusalKey } from '../../../core/auth/bans.ts';
import { sessionIdOf } from '../../../core/sessions/session-string.ts';
import { decode } from '../decode-record.ts';
import type { OpenStore, StoreObserver } from '../open-store.ts';
import { decodeSession } from '../session-record.ts';
import type { Row, SqlDriver, Statement } from './driver.ts';
import {
  type Change,
  createReadCache,
  type FoundRecords,
  type MissingRecords,
  type Write,
} from './read-cache.ts';
import { accountIn } from './rows.ts';
import * as sessionSql from './session-statements.ts';
import { forget, writeUntilDone } from './slices.ts';
import { sqlAdministration } from './sql-administration.ts';
import * as sql from './statements.ts';

/** The store in an open database. The caller opens and closes the database. */
export function sqlStore(
  driver: SqlDriver,
  observer?: StoreObserver,
): Omit<OpenStore, 'description' | 'prepare' | 'inspect' | 'serverTime' | 'close'> {
  const cache = createReadCache(driver);
  const write: Write = (change, statements, options) =>
    driver.write(statements, { ...options, committed: () => cache.forget(change) });
  const inserted = async (change: Change, statement: Statement) => {
    const [rows = []] = await write(change, [statement]);
    return rows.length > 0;
  };

  async function read({ account, owner, ...missing }: MissingRecords): Promise<FoundRecords> {
    const asksSessions = missing.sessions.length > 0;
    const asked = [
      ...(account === undefined ? [] : [sql.selectAccount(account)]),
      ...(asksSessions ? [sessionSql.selectSessions(owner, missing.sessions)] : []),
      ...(missing.refusals.length > 0 ? [sql.selectRefusals(missing.refusals)] : []),
    ];
    const rest = [...(await driver.read(asked))];
    const accounts = (account !== undefined && rest.shift()) || [];
    const sessions = (asksSessions && rest.shift()) || [];
    const [refusals = []] = rest;
    const ended = sessions.filter((row) => row['ended'] === 1);
    const found = sessions.filter((row) => row['ended'] !== 1).map((row) => decodeSession(row));
    const [row] = accounts;
    const records = {
      account: row && accountIn(row),
      sessions: new Map(found.map((session) => [session.id, session])),
      ended: new Set(ended.map((row) => sessionIdOf(Number(row['id'])))),
      refusals: timesByKey(missing.refusals, refusals),
    };
    return { records, accountSize: row ? String(row['details']).length : 0 };
  }

  return {
    records: {
      async read(query) {
        if (!observer) return cache.read(query, read);
        let from: 'cache' | 'database' = 'cache';
        const records = await cache.read(query, (missing) => {
          from = 'database';
          return read(missing);
        });
        observer.readFrom(from);
        return records;
      },
    },
    accounts: {
      async add(account) {
        const change = { accounts: [account.username] };
        return (await inserted(change, sql.insertAccount(account))) ? 'added' : 'taken';
      },
      async endSessions(username) {
        await write({ accounts: [username] }, [sql.raiseGeneration(username)]);
      },
      async replaceVerifier(username, old, replacement) {
        await write({ accounts: [username] }, [sql.updateVerifier(username, old, replacement)]);
      },
      async replaceBcrypt(username, old, replacement) {
        await write({ accounts: [username] }, [sql.updateBcrypt(username, old, replacement)]);
      },
      async noteKeyUse(username, key, at) {
        await write({ accounts: [username] }, [sql.updateKeyUse(username, key, at)]);
      },
    },
    sessions: {
      async add(session) {
        const change = { owner: session.owner, ids: [session.id] };
        return (await inserted(change, sessionSql.insertSession(session))) ? 'added' : 'taken';
      },
      async expire(owner, ids, keepUntil) {
        await write({ owner, ids }, [sessionSql.endSessions(owner, ids, keepUntil)]);
      },
      async noteUse(owner, id, at) {
        await write({ owner, ids: [id] }, [sessionSql.updateSessionUse(owner, id, at)], { lasts: 'hint' });
      },
    },
    spent: {
      ...(driver.epoch && { epoch: driver.epoch }),
      async spend(nonce, keepUntil) {
        const [rows = []] = await driver.write([sql.insertSpent(nonce, keepUntil)], { lasts: 'epoch' });
        return rows.length > 0 ? 'spent' : 'again';
      },
    },
    refused: {
      async count(entries, at) {
        const counting = entries.flatMap((entry) => sql.countRefusal(entry, at));
        const keys = entries.map(({ key }) => key);
        const results = await write({ keys }, [...counting, sql.selectRefusals(keys)]);
        return timesByKey(keys, results.at(-1) ?? []);
      },
    },
    secretIds: {
      async list() {
        const [rows = []] = await driver.read([sql.selectSecretIds]);
        return new Set(rows.map((row) => String(row['id'])));
      },
      async add(ids) {
        if (ids.length > 0) await write({}, [sql.insertSecretIds(ids)]);
      },
      async remove(ids) {
        if (ids.length > 0) await write({}, [sql.deleteSecretIds(ids)]);
      },
    },
    admin: sqlAdministration(driver.read, write),
    async sweep(now) {
      // These rows have expired and are no longer used, so the read cache stays valid.
      const tidy = (statements: readonly Statement[]) => driver.write(statements, { lasts: 'epoch' });
      for (const some of forget(Math.floor(now / 1000))) await writeUntilDone(tidy, some);
    },
  };
}

const refusal = v.object({ key: v.string(), at: v.number() });

/** The times in the rows, by key. */
function timesByKey(keys: readonly RefusalKey[], rows: readonly Row[]): Map<RefusalKey, number[]> {
  const asked = new Map<string, RefusalKey>(keys.map((key) => [key, key]));
  const times = new Map<RefusalKey, number[]>();
  for (const row of rows) {
    const { key, at } = decode(refusal, row, 'a refused log-in');
    const name = asked.get(key);
    if (name !== undefined) times.set(name, [...(times.get(name) ?? []), at]);
  }
  return times;
}
