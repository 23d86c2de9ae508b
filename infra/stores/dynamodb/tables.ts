/** The two tables. */

/** Full names of the tables. */
export interface Tables {
  /** Accounts, by `username`. */
  readonly users: string;
  /** Rows that expire, by `owner` and `item`; TTL on `expires`. */
  readonly sessions: string;
}

/** The tables of a prefix. */
export function tablesOf(prefix: string): Tables {
  return { users: `${prefix}-users`, sessions: `${prefix}-sessions` };
}
