/** How large an account may be, where a store limits it. */
import type { Account } from '../../core/accounts/account.ts';
import { encodeAccount } from '../../core/accounts/account-record.ts';

/** Bytes reserved for what is added later: a password, and the times when 50 client keys were used. */
const spare = 4096;

const encoder = new TextEncoder();

/** Bytes of an account as JSON in UTF-8, without its password. */
export function jsonLength({ password: _, ...account }: Account): number {
  return encoder.encode(JSON.stringify(encodeAccount(account))).length;
}

/** The clause that says that an account is too large; `undefined` if it is not. `where` may have `most` bytes. */
export function oversizeOf(length: number, most: number, where: string): string | undefined {
  if (length <= most - spare) return undefined;
  return `is too large: ${length} bytes, and ${where} takes ${most - spare} of one account`;
}
