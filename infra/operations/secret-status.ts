/** The root secrets, and what needs each of them. */
import type { SecretSource } from '../secrets/secret-source.ts';
import type { Operator } from './operator-context.ts';
import { countSecretUsage, idsOf, noUsage, type SecretUsage } from './secret-usage.ts';
import { iso } from './views.ts';

/** One secret, and what needs it. */
export interface SecretRow extends SecretUsage {
  readonly id: string;
  readonly created: string | null;
  readonly use: 'current' | 'coming' | 'old';
}

/** The secrets and what needs each; `missing`: secrets that something needs and nobody has. */
export async function secretStatus(
  operator: Operator,
  source: SecretSource,
): Promise<{ readonly secrets: readonly SecretRow[]; readonly missing: readonly string[] }> {
  const [keyring, usage] = await Promise.all([source.read(), countSecretUsage(operator)]);
  const known = keyring.list();
  const use = (id: string) => {
    if (id === keyring.currentId) return 'current';
    return id === keyring.rotating ? 'coming' : 'old';
  };
  const secrets = known.map(({ id, created }) => ({
    id,
    // A stack's own secret does not tell when it was made.
    created: created === 0 ? null : iso(created),
    use: use(id),
    ...(usage.get(id) ?? noUsage),
  })) satisfies SecretRow[];
  const ids = new Set(known.map(({ id }) => id));
  return { secrets, missing: idsOf(usage).filter((id) => !ids.has(id)) };
}
