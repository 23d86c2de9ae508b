/** Rows of the accounts table, read back. */
import { LRUCache } from 'lru-cache';
import type { Account } from '../../../core/account.ts';
import { decodeAccount } from '../../../core/account-record.ts';
import { StoreFailed } from '../../../core/ports.ts';
import type { Row } from './driver.ts';

/** Reads an account's row. @throws {StoreFailed} when the row is no account */
export type AccountReader = (row: Row) => Account;

/**
 * Reads rows, and reads a row that did not change since the last time no second time: a client calls
 * often, and its account seldom changes.
 */
export function accountReader(): AccountReader {
  const known = new LRUCache<string, { readonly row: Row; readonly account: Account }>({ max: 1000 });
  return (row) => {
    const name = String(row['username']);
    const last = known.get(name);
    if (last && isSame(last.row, row)) return last.account;
    const account = accountIn(row);
    known.set(name, { row, account });
    return account;
  };
}

function isSame(a: Row, b: Row): boolean {
  for (const column in b) if (a[column] !== b[column]) return false;
  return true;
}

/** @throws {StoreFailed} when the row is no account */
export function accountIn({ details, ...columns }: Row): Account {
  return decodeAccount({ ...parsed(details, columns['username']), ...columns });
}

function parsed(details: unknown, username: unknown): object {
  try {
    return JSON.parse(String(details));
  } catch {
    // V8 quotes the text around a syntax error, so its error goes no further.
    throw new StoreFailed(`the details of account ${JSON.stringify(username)} are no JSON`);
  }
}
