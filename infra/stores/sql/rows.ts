/** Reads rows of the accounts table. */
import type { Account } from '../../../core/accounts/account.ts';
import { decodeAccount } from '../../../core/accounts/account-record.ts';
import { StoreFailed } from '../../../core/failures.ts';
import type { Row } from './driver.ts';

/**
 * The most characters in the rows of cached accounts. It is limited because an account can have a thousand pictures,
 * and anybody can make the server read any account.
 */
export const cachedCharacters = 16 * 2 ** 20;

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
