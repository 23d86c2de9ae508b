/** Rows of the accounts table, read back. */
import type { Account } from '../../../core/account.ts';
import { decodeAccount } from '../../../core/account-record.ts';
import { StoreFailed } from '../../../core/ports.ts';
import type { Row } from './driver.ts';

/** @throws {StoreFailed} when the row is no account */
export function accountIn({ details, ...columns }: Row): Account {
  return decodeAccount({ ...parsed(details, columns['username']), ...columns });
}

function parsed(details: unknown, username: unknown): object {
  try {
    return JSON.parse(String(details));
  } catch (cause) {
    throw new StoreFailed(`the details of account ${JSON.stringify(username)} are no JSON`, { cause });
  }
}
