/** Sealed digests that may be of a secret which is not here. */
import type { SealPurpose } from '../../core/accounts/account.ts';
import type { Username } from '../../core/accounts/username.ts';
import type { Md5Hex } from '../../core/auth/digest.ts';
import { SecretMissing } from '../../core/failures.ts';
import type { Sealer } from '../../core/ports.ts';

/** Opens a sealed digest; `undefined` where its secret is missing, too. */
export async function openedBy(
  sealer: Sealer,
  sealed: string,
  account: Username,
  purpose: SealPurpose,
): Promise<Md5Hex | undefined> {
  try {
    return await sealer.open(sealed, account, purpose);
  } catch (error) {
    if (error instanceof SecretMissing) return undefined;
    throw error;
  }
}
