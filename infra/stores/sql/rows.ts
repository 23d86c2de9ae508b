/** Reads rows of the accounts table. */
import { LRUCache } from 'lru-cache';
import type { Account } from '../../../core/accounts/account.ts';
import { decodeAccount } from '../../../core/accounts/account-record.ts';
import { StoreFailed } from '../../../core/failures.ts';
import type { Row } from './driver.ts';

/**
 * The most characters in the rows of cached accounts. It is limited because an account can have a thousand pictures,
 * and anybody can make the server read any account.
 */
export const cachedCharacters = 16 * 2 ** 20;

/** An account, and the length of its row in characters: about its size in memory. */
export interface SizedAccount {
  readonly account: Account;
  readonly size: number;
}

/** Reads an account's row. @throws {StoreFailed} when the row is no account */
export type AccountReader = (row: Row) => SizedAccount;

/**
 * Reads rows, and reuses the account of a row that has not changed: a client calls often, and its account seldom
 * changes.
 */
export function accountReader(): AccountReader {
  const known = new LRUCache<string, SizedAccount & { readonly row: Row }>({
    max: 1000,
    maxSize: cachedCharacters,
    sizeCalculation: ({ size }) => size,
  });
  return (row) => {
    const name = String(row['username']);
    const last = known.get(name);
    if (last && isSame(last.row, row)) return last;
    const read = { account: accountIn(row), size: 1 + String(row['details']).length };
    known.set(name, { ...read, row });
    return read;
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
    // V8's error quotes the text around a syntax error, so it is not passed on.
    throw new StoreFailed(`the details of account ${JSON.stringify(username)} are no JSON`);
  }
}
