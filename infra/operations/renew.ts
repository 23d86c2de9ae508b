/** Accounts brought from older root secrets to the current one. */
import type { Account, ClientKey, Password } from '../../core/account.ts';
import type { KeptAccount, PageMark } from '../../core/administration.ts';
import type { Keys } from '../secrets/keys.ts';
import { sealedWith } from '../secrets/sealed-text.ts';
import type { Operator, Unlocked } from './operator.ts';

/** How far it is. */
export interface RenewProgress {
  readonly accounts: number;
  readonly renewed: number;
}

/**
 * Renews every account that can be: sealed digests, and verifiers with a sealed digest beside them.
 * An account that is written meanwhile is read and renewed again.
 */
export async function renewAccounts(
  { store }: Pick<Operator, 'store'>,
  keys: Keys & Unlocked,
  onProgress: (progress: RenewProgress) => void,
): Promise<RenewProgress> {
  const { accounts } = store.admin;
  let progress: RenewProgress = { accounts: 0, renewed: 0 };
  let mark: PageMark | undefined;
  do {
    const page = await accounts.page(mark, 50);
    let left: readonly KeptAccount[] = page.accounts;
    let renewed = 0;
    while (left.length > 0) {
      const changes = await Promise.all(
        left.map(async (from) => ({ from, to: await renew(from.account, keys) })),
      );
      const due = changes.flatMap(({ from, to }) => (to ? [{ kind: 'change', from, to } as const] : []));
      const outcomes = await accounts.write(due);
      const lost = due.filter((_, i) => outcomes[i] !== 'done').map(({ to }) => to.username);
      renewed += due.length - lost.length;
      left = [...(await accounts.read(lost)).values()];
    }
    progress = { accounts: progress.accounts + page.accounts.length, renewed: progress.renewed + renewed };
    onProgress(progress);
    mark = page.next;
  } while (mark !== undefined);
  return progress;
}

/** `undefined`: there is nothing to renew, or nothing to renew it with. */
async function renew(account: Account, keys: Keys & Unlocked): Promise<Account | undefined> {
  const { password, clientKeys } = account;
  const renewedKeys = await Promise.all(clientKeys.map((key) => renewKey(account, key, keys)));
  const renewedPassword = password && (await renewPassword(account, password, keys));
  const same = renewedPassword === password && renewedKeys.every((key, i) => key === clientKeys[i]);
  if (same) return undefined;
  return { ...account, ...(renewedPassword && { password: renewedPassword }), clientKeys: renewedKeys };
}

async function renewKey(
  { username }: Account,
  key: ClientKey,
  { sealer, current }: Keys & Unlocked,
): Promise<ClientKey> {
  if (sealedWith(key.sealed) === current('seal').id) return key;
  const digest = await sealer.open(key.sealed, username, `client-key:${key.id}`);
  return digest ? { ...key, sealed: await sealer.seal(digest, username, `client-key:${key.id}`) } : key;
}

async function renewPassword(
  { username }: Account,
  password: Password,
  { hasher, sealer, current }: Keys & Unlocked,
): Promise<Password> {
  if (password.accepts !== 'anyForm') return password;
  const { sealed, verifier } = password;
  const old = sealedWith(sealed) !== current('seal').id;
  const oldPepper = verifier.secret !== current('pepper').id;
  if (!old && !oldPepper) return password;
  const digest = await sealer.open(sealed, username, 'password');
  if (!digest) return password;
  return {
    ...password,
    sealed: old ? await sealer.seal(digest, username, 'password') : sealed,
    verifier: oldPepper ? await hasher.hash(digest) : verifier,
  };
}
