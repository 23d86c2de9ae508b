/** One change made to every account that it concerns. */
import type { Account } from '../../core/accounts/account.ts';
import type { PageCursor, StoredAccount } from '../../core/accounts/administration.ts';
import type { Operator } from './operator-context.ts';

/** How far it is. */
export interface ChangeProgress {
  readonly accounts: number;
  readonly changed: number;
}

/**
 * Changes every account for which `edit` gives another; `undefined` leaves it as it is. An account that is
 * written meanwhile is read and edited again.
 */
export async function changeAccounts(
  { store }: Pick<Operator, 'store'>,
  edit: (account: Account) => Promise<Account | undefined>,
  onProgress: (progress: ChangeProgress) => void = () => {},
): Promise<ChangeProgress> {
  const { accounts } = store.admin;
  let progress: ChangeProgress = { accounts: 0, changed: 0 };
  let after: PageCursor | undefined;
  do {
    const page = await accounts.page(after, 50);
    let left: readonly StoredAccount[] = page.accounts;
    let changed = 0;
    while (left.length > 0) {
      const edited = await Promise.all(left.map(async (from) => ({ from, to: await edit(from.account) })));
      const due = edited.flatMap(({ from, to }) => (to ? [{ kind: 'change', from, to } as const] : []));
      const outcomes = await accounts.write(due);
      const lost = due.filter((_, i) => outcomes[i] !== 'done').map(({ to }) => to.username);
      changed += due.length - lost.length;
      left = [...(await accounts.read(lost)).values()];
    }
    progress = { accounts: progress.accounts + page.accounts.length, changed: progress.changed + changed };
    onProgress(progress);
    after = page.next;
  } while (after !== undefined);
  return progress;
}
