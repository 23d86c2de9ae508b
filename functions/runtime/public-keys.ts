/** The public keys of assertions, apart from what makes them: the function of the pages shows them. */
import type { Keys } from '../../infra/secrets/secret-keys.ts';
import { publicKeySet } from '../../infra/upstream/assertion-keys.ts';
import type { UpstreamAuth } from '../../infra/upstream/upstream.ts';

/** The public keys with which the site verifies assertions; `undefined` where none are made. */
export function publicKeys(
  { upstream, upstreamAuth }: { readonly upstream?: URL; readonly upstreamAuth: UpstreamAuth },
  keys: Keys,
): (() => Promise<string>) | undefined {
  if (upstream === undefined || upstreamAuth !== 'assertion') return undefined;
  return () => publicKeySet(keys);
}
