/** What a right credential leads to in the account's record. */
import type { Account } from '../accounts/account.ts';
import { StoreUnavailable } from '../failures.ts';
import type { Ports } from '../ports.ts';
import type { SecretUsed } from './verification.ts';

/** Seconds between two updates of a client key's last use: an hour is enough to notice a stolen key. */
const useInterval = 3600;

/**
 * Writes what follows from a log-in: a stronger form of the password, or that a client key was used. A store that
 * cannot write keeps nobody out whose credentials are right: the next log-in writes it.
 * @throws {StoreFailed}
 */
export async function noteUse(
  ports: Pick<Ports, 'accounts' | 'clock'>,
  account: Account,
  used: SecretUsed,
): Promise<void> {
  try {
    await write(ports, account, used);
  } catch (error) {
    if (!(error instanceof StoreUnavailable)) throw error;
  }
}

async function write(
  ports: Pick<Ports, 'accounts' | 'clock'>,
  account: Account,
  used: SecretUsed,
): Promise<void> {
  switch (used.kind) {
    case 'session':
      return;
    case 'password':
      if (used.replacement) {
        await ports.accounts.replaceVerifier(account.username, used.replacement.old, used.replacement.new);
      }
      return;
    case 'bcrypt':
      if (used.replacement) {
        await ports.accounts.replaceBcrypt(account.username, used.replacement.old, used.replacement.new);
      }
      return;
    case 'clientKey': {
      const now = Math.floor(ports.clock.now() / 1000);
      if (now - (used.key.lastUsed ?? 0) < useInterval) return;
      await ports.accounts.noteKeyUse(account.username, used.key.id, now);
      return;
    }
  }
}
