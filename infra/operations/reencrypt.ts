/** Accounts brought from older root secrets to the current one. */
import type { Account, Password, SealPurpose } from '../../core/accounts/account.ts';
import { openedBy } from '../secrets/opened-by.ts';
import { sealedWith } from '../secrets/sealed-text.ts';
import type { Keys } from '../secrets/secret-keys.ts';
import { type ChangeProgress, changeAccounts } from './change-accounts.ts';
import type { Operator, Unlocked } from './operator-context.ts';

/** What opens with any valid secret and makes with the current one. */
type ReencryptKeys = Pick<Keys, 'current'> & Unlocked;

/** Renews every account that can be: sealed digests, and verifiers with a sealed digest beside them. */
export function reencryptAccounts(
  operator: Pick<Operator, 'store'>,
  keys: ReencryptKeys,
  onProgress: (progress: ChangeProgress) => void,
): Promise<ChangeProgress> {
  return changeAccounts(operator, (account) => renew(account, keys), onProgress);
}

/** `undefined`: there is nothing to renew, or nothing to renew it with. */
async function renew(account: Account, keys: ReencryptKeys): Promise<Account | undefined> {
  const { password, clientKeys, upstreamKey } = account;
  const renewedKeys = await Promise.all(
    clientKeys.map(async (key) => {
      const sealed = await renewSealed(account, key.sealed, `client-key:${key.id}`, keys);
      return sealed === key.sealed ? key : { ...key, sealed };
    }),
  );
  const renewedUpstream = upstreamKey && (await renewSealed(account, upstreamKey, 'upstream-key', keys));
  const renewedPassword = password && (await renewPassword(account, password, keys));
  const same =
    renewedPassword === password &&
    renewedUpstream === upstreamKey &&
    renewedKeys.every((key, i) => key === clientKeys[i]);
  if (same) return undefined;
  return {
    ...account,
    ...(renewedPassword && { password: renewedPassword }),
    ...(renewedUpstream && { upstreamKey: renewedUpstream }),
    clientKeys: renewedKeys,
  };
}

async function renewSealed(
  { username }: Account,
  sealed: string,
  purpose: SealPurpose,
  { sealer, current }: ReencryptKeys,
): Promise<string> {
  if (sealedWith(sealed) === current('seal').id) return sealed;
  const digest = await openedBy(sealer, sealed, username, purpose);
  return digest ? sealer.seal(digest, username, purpose) : sealed;
}

async function renewPassword(
  { username }: Account,
  password: Password,
  { hasher, sealer, current }: ReencryptKeys,
): Promise<Password> {
  if (password.accepts !== 'anyForm') return password;
  const { sealed, verifier } = password;
  const old = sealedWith(sealed) !== current('seal').id;
  const oldPepper = verifier.secret !== current('pepper').id;
  if (!old && !oldPepper) return password;
  const digest = await openedBy(sealer, sealed, username, 'password');
  if (!digest) return password;
  return {
    ...password,
    sealed: old ? await sealer.seal(digest, username, 'password') : sealed,
    verifier: oldPepper ? await hasher.hash(digest) : verifier,
  };
}
