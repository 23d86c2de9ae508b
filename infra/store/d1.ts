/** Cloudflare's D1 behind the core's ports: the same SQL as SQLite's, each list of statements a batch. */
import { StoreFailed, StoreUnavailable } from '../../core/ports.ts';
import { inspectTables, prepareTables } from './d1-tables.ts';
import type { OpenStore } from './open-store.ts';
import type { Row, SqlDriver, SqlValue, Statement } from './sql/driver.ts';
import { sqlStore } from './sql/store.ts';

/** What the store needs of a statement of a D1 binding. */
interface D1Statement {
  bind(...values: SqlValue[]): D1Statement;
}

/**
 * What the store needs of a D1 binding. It is used without `withSession`: then every query goes to
 * the primary database, and none to a replica that lags behind.
 */
export interface D1Database {
  prepare(sql: string): D1Statement;
  /** One transaction and one round trip. */
  batch(statements: D1Statement[]): Promise<{ readonly results: Row[] }[]>;
}

/** Opens the store over a binding. Nothing is sent yet: a missing table shows itself at the first call. */
export function openD1(database: D1Database): OpenStore {
  return d1Store(d1Driver(database), 'd1');
}

/** The database behind a binding. */
export function d1Driver(database: D1Database): SqlDriver {
  const batch = async (statements: readonly Statement[]) => {
    if (statements.length === 0) return [];
    try {
      const bound = statements.map(({ sql, params }) => database.prepare(sql).bind(...params));
      return (await database.batch(bound)).map(({ results }) => results);
    } catch (cause) {
      throw translated(cause);
    }
  };
  return { read: batch, write: batch };
}

/** The store over any way to a D1 database. */
export function d1Store(driver: SqlDriver, description: string): OpenStore {
  return {
    ...sqlStore(driver),
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

/** SQLite's primary result codes for what may well succeed later, by name. */
const passing = /SQLITE_(?:PERM|BUSY|LOCKED|NOMEM|READONLY|INTERRUPT|IOERR|FULL|CANTOPEN|PROTOCOL)/;

/**
 * An error of D1 in the words of the ports. D1 ends what SQLite says with its result code, and
 * names what it cannot bind; all else is the network, or the database being overloaded or reset.
 * @see https://developers.cloudflare.com/d1/observability/debug-d1/
 */
export function translated(cause: unknown): Error {
  const said = cause instanceof Error ? cause.message : String(cause);
  const message = `D1: ${said}`;
  const ours = /SQLITE_[A-Z]+|D1_TYPE_ERROR/.test(said) && !passing.test(said);
  return ours ? new StoreFailed(message, { cause }) : new StoreUnavailable(message, { cause });
}
