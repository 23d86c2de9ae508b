/** What a right credential leads to in the records of its account. */
import type { Account } from '../accounts/account.ts';
import { StoreUnavailable } from '../failures.ts';
import type { Ports } from '../ports.ts';
import type { Session } from '../sessions/session.ts';
import type { SecretUsed } from './verification.ts';

/** Seconds between two updates of a last use: an hour is enough to notice a stolen key or session. */
const useInterval = 3600;

type NotingPorts = Pick<Ports, 'accounts' | 'sessions' | 'clock'>;

/**
 * Writes what follows from a log-in: a stronger form of the password, or that a client key or a session was used. A
 * store that cannot write keeps nobody out whose credentials are right: the next log-in writes it.
 * @throws {StoreFailed}
 */
export async function noteUse(ports: NotingPorts, account: Account, used: SecretUsed): Promise<void> {
  try {
    await write(ports, account, used);
  } catch (error) {
    if (!(error instanceof StoreUnavailable)) throw error;
  }
}

/** Notes that a session was used, as `noteUse` does. @throws {StoreFailed} */
export async function noteSessionUse(
  ports: Pick<Ports, 'sessions' | 'clock'>,
  session: Session,
): Promise<void> {
  try {
    await writeSessionUse(ports, session);
  } catch (error) {
    if (!(error instanceof StoreUnavailable)) throw error;
  }
}

async function write(ports: NotingPorts, account: Account, used: SecretUsed): Promise<void> {
  switch (used.kind) {
    case 'session':
      return writeSessionUse(ports, used.session);
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

async function writeSessionUse(
  { sessions, clock }: Pick<Ports, 'sessions' | 'clock'>,
  { owner, id, created, lastUsed = created }: Session,
): Promise<void> {
  const now = Math.floor(clock.now() / 1000);
  if (now - lastUsed >= useInterval) await sessions.noteUse(owner, id, now);
}
