/** What operations work with, the errors of those that were not done, and how an account is changed. */
import type { Account } from '../../core/accounts/account.ts';
import type { StoredAccount } from '../../core/accounts/administration.ts';
import type { Username } from '../../core/accounts/username.ts';
import type { Fault } from '../../core/accounts/validation.ts';
import type { Clock, PasswordHasher, Randomness, Sealer } from '../../core/ports.ts';
import type { AdministeredStore } from '../stores/open-store.ts';

/** What needs the root secret. */
export interface Unlocked {
  readonly hasher: PasswordHasher;
  readonly sealer: Sealer;
}

/** What an operation works with. */
export interface Operator {
  readonly store: AdministeredStore;
  readonly clock: Clock;
  readonly random: Randomness;
  /** Reads the root secret, for the operations that need it. */
  unlock(): Promise<Unlocked>;
}

/**
 * Why an operation was not done. `conflict`: as things are, it cannot be done; the account or another one is in the
 * way. `changed`: somebody else changed the account meanwhile.
 */
export type RefusalKind = 'not found' | 'conflict' | 'invalid' | 'changed';

/** What else there is to say about a refusal. `kind`: `conflict`, unless it is given. */
export interface RefusalDetails {
  readonly kind?: RefusalKind;
  readonly hint?: string;
  readonly faults?: readonly Fault[];
}

/** An operation that was not done. Its message is one sentence: what is wrong, and what to do. */
export class OperationRefused extends Error {
  override name = 'Refused';
  readonly kind: RefusalKind;
  /** What is wrong, without `hint`. */
  readonly what: string;
  /** Which members of the input are wrong, where that is why. */
  readonly faults: readonly Fault[];

  /** `hint`: what to do, for who works at the command line. */
  constructor(what: string, { kind = 'conflict', hint, faults = [] }: RefusalDetails = {}) {
    super(hint === undefined ? what : `${what}; ${hint}`);
    this.kind = kind;
    this.what = what;
    this.faults = faults;
  }
}

/**
 * A change by an account's owner that was not made: since the owner showed a password, the password was
 * changed, or all sessions were ended.
 */
export class ConfirmationOutdated extends OperationRefused {
  override name = 'ConfirmationOutdated';
}

/** Unix seconds. */
export function secondsOf({ clock }: Pick<Operator, 'clock'>): number {
  return Math.floor(clock.now() / 1000);
}

/**
 * The account of that name.
 * @throws {OperationRefused} when there is none
 */
export async function find({ store }: Pick<Operator, 'store'>, username: Username): Promise<StoredAccount> {
  const found = (await store.admin.accounts.read([username])).get(username);
  if (!found) throw unknown(username);
  return found;
}

/** The error for an account that does not exist. */
export function unknown(username: Username): OperationRefused {
  const hint = 'npx ljgate accounts list shows the accounts';
  return new OperationRefused(`there is no account "${username}"`, { kind: 'not found', hint });
}

/** Attempts at a change while others write the same account: a log-in may write it, too. */
const attempts = 8;

/** Names the state of an account: another after each change, also where the account was removed and made again. */
export function versionOf({ account, revision }: StoredAccount): string {
  return `${account.generation}-${revision}`;
}

/** Conditions for changing an account. */
export interface ChangeCondition {
  /**
   * The account in which its owner confirmed the change: every change of its password counts `generation` up.
   * Absent for operators, who change the account whatever happened before.
   */
  readonly confirmed?: Account | undefined;
  /** The change is refused when the account has another version. */
  readonly version?: string | undefined;
}

/**
 * Changes an account as it is now; `edit` is called again when another write came between.
 * @throws {OperationRefused} when there is no such account, it has another version, or others never stop writing it
 * @throws {ConfirmationOutdated}
 */
export async function changeStored(
  operator: Pick<Operator, 'store'>,
  username: Username,
  edit: (account: Account) => Account,
  { confirmed, version }: ChangeCondition = {},
): Promise<StoredAccount> {
  for (let attempt = 0; attempt < attempts; attempt++) {
    const from = await find(operator, username);
    if (confirmed && confirmed.generation !== from.account.generation) {
      throw new ConfirmationOutdated(
        `the password of "${username}" was changed meanwhile, or its sessions were ended; nothing was done`,
        { kind: 'changed' },
      );
    }
    if (version !== undefined && version !== versionOf(from)) {
      throw new OperationRefused(`account "${username}" was changed since it was read; nothing was done`, {
        kind: 'changed',
      });
    }
    const to = edit(from.account);
    const oversize = operator.store.admin.accounts.oversize(to);
    if (oversize)
      throw new OperationRefused(`nothing was done: account "${username}" ${oversize}`, { kind: 'invalid' });
    const [outcome] = await operator.store.admin.accounts.write([{ kind: 'change', from, to }]);
    if (outcome === 'done') return { account: to, revision: from.revision + 1 };
  }
  throw new OperationRefused(
    `account "${username}" was changed at the same time, again and again; nothing was done; try again`,
    { kind: 'changed' },
  );
}

/** As `changeStored`; gives the account alone. */
export async function change(
  operator: Pick<Operator, 'store'>,
  username: Username,
  edit: (account: Account) => Account,
  condition?: ChangeCondition,
): Promise<Account> {
  return (await changeStored(operator, username, edit, condition)).account;
}
