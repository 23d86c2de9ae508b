/** Makes the stored form of a password. */
import type { Md5Hex } from '../auth/digest.ts';
import type { Ports } from '../ports.ts';
import type { HashedPassword } from './account.ts';
import type { Username } from './username.ts';

/**
 * A password from its digest.
 * @throws {HasherBusy}
 */
export async function hashPassword(
  digest: Md5Hex,
  owner: Username,
  accepts: HashedPassword['accepts'],
  { hasher, sealer }: Pick<Ports, 'hasher' | 'sealer'>,
): Promise<HashedPassword> {
  const verifier = await hasher.hash(digest);
  if (accepts === 'plainOnly') return { accepts, verifier };
  return { accepts, verifier, sealed: await sealer.seal(digest, owner, 'password') };
}
