/** What the SQL stores need from a database: SQLite in this process, or one across a network. */

/** A parameter of a statement. */
export type SqlValue = string | number | null;

/** One statement, its parameters as `?1`, `?2`, … */
export interface Statement {
  readonly sql: string;
  readonly params: readonly SqlValue[];
}

/** A row by column name. */
export type Row = Readonly<Record<string, unknown>>;

/** The rows of each statement, in order. Writes give rows through `RETURNING`. */
export type Rows = readonly (readonly Row[])[];

/**
 * A database. Statements come in lists so that one list can be one round trip.
 * @throws {StoreUnavailable | StoreFailed}
 */
export interface SqlDriver {
  /** Reads; each statement sees every write that was acknowledged before the call. */
  read(statements: readonly Statement[]): Promise<Rows>;
  /**
   * Writes all or nothing. A resolved write survives the death of the process.
   * @param committed - told the rows when reads begin to see the write, before any of them resolves, by a
   * driver that knows that moment; a write may still fail after it, because the disk does not take it
   */
  write(statements: readonly Statement[], committed?: (rows: Rows) => void): Promise<Rows>;
  /** Another number whenever another process or handle has written. A driver that has it tells `committed`. */
  version?(): number;
}

/** Composes a statement. */
export function statement(sql: string, ...params: readonly SqlValue[]): Statement {
  return { sql, params };
}
