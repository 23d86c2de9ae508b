/** What operations work with, and how they say that they could not be done. */
import type { Account } from '../../core/account.ts';
import type { KeptAccount } from '../../core/administration.ts';
import type { Clock, PasswordHasher, Randomness, Sealer } from '../../core/ports.ts';
import type { Username } from '../../core/username.ts';
import type { OpenStore } from '../store/open-store.ts';

/** What takes the root secret. */
export interface Unlocked {
  readonly hasher: PasswordHasher;
  readonly sealer: Sealer;
}

/** A store with its surroundings, as whoever operates it holds it. */
export interface Operator {
  readonly store: OpenStore;
  readonly clock: Clock;
  readonly random: Randomness;
  /** Opens the root secret, for the operations that take it. */
  unlock(): Promise<Unlocked>;
}

/** An operation that was not done. Its message is one sentence: what is wrong, and what to do. */
export class Refused extends Error {
  override name = 'Refused';
}

/** Unix seconds. */
export function secondsOf({ clock }: Pick<Operator, 'clock'>): number {
  return Math.floor(clock.now() / 1000);
}

/**
 * The account of that name.
 * @throws {Refused} when there is none
 */
export async function find({ store }: Pick<Operator, 'store'>, username: Username): Promise<KeptAccount> {
  const found = (await store.admin.accounts.read([username])).get(username);
  if (!found) throw unknown(username);
  return found;
}

/** What is said about an account that does not exist. */
export function unknown(username: Username): Refused {
  return new Refused(`there is no account "${username}"; ljgate accounts list shows those that there are`);
}

/** Attempts at a change that others get in the way of: log-ins write, too. */
const attempts = 8;

/**
 * Changes an account as it then is; `edit` is asked again when another write came between.
 * @throws {Refused} when there is no such account, or others never stop writing it
 */
export async function change(
  operator: Pick<Operator, 'store'>,
  username: Username,
  edit: (account: Account) => Account,
): Promise<Account> {
  for (let attempt = 0; attempt < attempts; attempt++) {
    const from = await find(operator, username);
    const to = edit(from.account);
    const [outcome] = await operator.store.admin.accounts.write([{ kind: 'change', from, to }]);
    if (outcome === 'done') return to;
  }
  throw new Refused(`account "${username}" was changed by others all the while; nothing was done: try again`);
}
