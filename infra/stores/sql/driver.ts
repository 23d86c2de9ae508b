/** What the SQL stores need from a database: SQLite in this process, or one over a network. */

/** A parameter of a statement. */
export type SqlValue = string | number | null;

/** One statement, its parameters as `?1`, `?2`, … */
export interface Statement {
  readonly sql: string;
  readonly params: readonly SqlValue[];
}

/** A row by column name. */
export type Row = Readonly<Record<string, unknown>>;

/** The rows of each statement, in order. Writes return rows by `RETURNING`. */
export type Rows = readonly (readonly Row[])[];

/** Options of a write. */
export interface WriteOptions {
  /**
   * Called with the rows when the write becomes visible to reads, before any of those reads resolves. Only a driver
   * with `version` calls it. The write can still fail after that, when the disk refuses it.
   */
  readonly committed?: (rows: Rows) => void;
  /**
   * `epoch`: if the driver has an epoch, the write need not survive a crash of the machine. `hint`: it need not
   * survive anything, and is given up where another process has the write lock: nobody waits for it.
   */
  readonly lasts?: 'epoch' | 'hint';
}

/**
 * A database. Statements come in lists so that one list can be one round trip.
 * @throws {StoreUnavailable | StoreFailed}
 */
export interface SqlDriver {
  /** Reads; each statement sees every write that was acknowledged before the call. */
  read(statements: readonly Statement[]): Promise<Rows>;
  /** Writes all or nothing. A resolved write survives a crash of the process, and of the machine. */
  write(statements: readonly Statement[], options?: WriteOptions): Promise<Rows>;
  /** See `SpentChallenges`. */
  readonly epoch?: string;
  /** A number that changes when another process or handle has written. A driver with it calls `committed`. */
  version?(): number;
}

/** Composes a statement. */
export function statement(sql: string, ...params: readonly SqlValue[]): Statement {
  return { sql, params };
}
