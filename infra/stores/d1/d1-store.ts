/** Cloudflare's D1 behind the core's ports: the same SQL as SQLite's, each list of statements a batch. */
import type { Account } from '../../../core/accounts/account.ts';
import type { StoreFailed, StoreUnavailable } from '../../../core/failures.ts';
import { withDeadline } from '../../deadline.ts';
import { jsonLength, oversizeOf } from '../account-size.ts';
import type { OpenStore } from '../open-store.ts';
import type { Row, SqlDriver, SqlValue, Statement } from '../sql/driver.ts';
import { sqlStore } from '../sql/sql-store.ts';
import { storeError } from '../store-error.ts';
import { inspectTables, prepareTables } from './d1-tables.ts';

/** What the store needs of a statement of a D1 binding. */
interface D1Statement {
  bind(...values: SqlValue[]): D1Statement;
}

/**
 * What the store needs of a D1 binding. It is used without `withSession`: then every query goes to
 * the primary database, never to a replica that may be out of date.
 */
export interface D1Database {
  prepare(sql: string): D1Statement;
  /** One transaction and one round trip. */
  batch(statements: D1Statement[]): Promise<{ readonly results: Row[] }[]>;
}

/** Milliseconds for one batch. A binding waits for ever by itself, and the call's permit would wait with it. */
const defaultDeadline = 5000;

/** Opens the store over a binding. Nothing is sent yet: a missing table is found by the first call. */
export function openD1(database: D1Database, deadline?: number): OpenStore {
  return d1Store(d1Driver(database, deadline), 'd1');
}

/** The database behind a binding. */
export function d1Driver(database: D1Database, deadline: number = defaultDeadline): SqlDriver {
  const batch = async (statements: readonly Statement[]) => {
    if (statements.length === 0) return [];
    try {
      const bound = statements.map(({ sql, params }) => database.prepare(sql).bind(...params));
      const answers = await withDeadline(deadline, () => database.batch(bound));
      return answers.map(({ results }) => results);
    } catch (cause) {
      throw d1Error(cause);
    }
  };
  return { read: batch, write: batch };
}

/**
 * Bytes of a row.
 * @see https://developers.cloudflare.com/d1/platform/limits/
 */
const mostBytes = 2_000_000;

/** The store over any driver of a D1 database. */
export function d1Store(driver: SqlDriver, description: string): OpenStore {
  const store = sqlStore(driver);
  const oversize = (account: Account) => oversizeOf(jsonLength(account), mostBytes, 'a row of D1');
  return {
    ...store,
    admin: { ...store.admin, accounts: { ...store.admin.accounts, oversize } },
    description,
    prepare: () => prepareTables(driver),
    inspect: () => inspectTables(driver),
    async serverTime() {
      const [[row] = []] = await driver.read([{ sql: 'SELECT unixepoch() AS at', params: [] }]);
      return Number(row?.['at']) * 1000;
    },
    async close() {},
  };
}

/** SQLite's primary result codes for what may succeed later, by name. */
const passing = /SQLITE_(?:PERM|BUSY|LOCKED|NOMEM|READONLY|INTERRUPT|IOERR|FULL|CANTOPEN|PROTOCOL)/;

/**
 * An error of D1 as the port's. An error of SQLite ends with its result code, and a value that cannot be bound
 * has a name of its own; all else is the network, or a database that is overloaded or was reset.
 * @see https://developers.cloudflare.com/d1/observability/debug-d1/
 */
export function d1Error(cause: unknown): StoreFailed | StoreUnavailable {
  return storeError('D1', cause, isPassing);
}

function isPassing(cause: unknown): boolean {
  const message = cause instanceof Error ? cause.message : String(cause);
  return !/SQLITE_[A-Z]+|D1_TYPE_ERROR/.test(message) || passing.test(message);
}
