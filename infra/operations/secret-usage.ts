/** What in a store still takes which root secret. */
import type { Account } from '../../core/accounts/account.ts';
import { sealedWith } from '../secrets/sealed-text.ts';
import { eachAccount } from './account-operations.ts';
import type { Operator } from './operator-context.ts';

/** What needs one secret, by how it can be renewed. */
export interface SecretUsage {
  /** Sealed digests: of passwords, client keys and upstream keys. */
  readonly sealed: number;
  /** Password verifiers with a sealed digest beside them, which can be renewed without the password. */
  readonly verifiers: number;
  /** Password verifiers that only the next log-in can renew. */
  readonly logins: number;
  /** The same for memorial and expunged accounts. Nobody can log in to these, so they do not need the secret. */
  readonly closed: number;
  /** The first accounts among `logins`. */
  readonly owners: readonly string[];
}

/** Nothing needs it. */
export const noUsage: SecretUsage = { sealed: 0, verifiers: 0, logins: 0, closed: 0, owners: [] };

/** Names of accounts that are given, at the most. */
const mostOwners = 10;

/** Whether anything needs the secret. */
function isNeeded({ sealed, verifiers, logins }: SecretUsage): boolean {
  return sealed + verifiers + logins > 0;
}

/** Counts over the first `most` accounts, or all; by the id of the secret. */
export async function countSecretUsage(
  operator: Pick<Operator, 'store'>,
  most = Number.POSITIVE_INFINITY,
): Promise<ReadonlyMap<string, SecretUsage>> {
  let counted = 0;
  const usage = new Map<string, SecretUsage>();
  const count = (id: string | undefined, kind: Exclude<keyof SecretUsage, 'owners'>, owner?: string) => {
    if (id === undefined) return;
    const before = usage.get(id) ?? noUsage;
    const owners = owner === undefined ? before.owners : [...before.owners, owner].slice(0, mostOwners);
    usage.set(id, { ...before, [kind]: before[kind] + 1, owners });
  };
  for await (const account of eachAccount(operator)) {
    if (++counted > most) break;
    for (const sealed of sealedIn(account)) count(sealedWith(sealed), 'sealed');
    const { password, username } = account;
    if (!password || password.accepts === 'plainOnce') continue;
    const { secret } = password.verifier;
    if (password.accepts === 'anyForm') count(secret, 'verifiers');
    else if (isClosed(account)) count(secret, 'closed');
    else count(secret, 'logins', username);
  }
  return usage;
}

/** Its credentials are never looked at. @see PROTOCOL §3, step 2 */
export function isClosed({ status }: Account): boolean {
  return status === 'memorial' || status === 'expunged';
}

/** Its sealed digests. */
export function sealedIn({ password, clientKeys, upstreamKey }: Account): string[] {
  const ofPassword = password?.accepts === 'anyForm' ? [password.sealed] : [];
  const ofSite = upstreamKey === undefined ? [] : [upstreamKey];
  return [...ofPassword, ...clientKeys.map(({ sealed }) => sealed), ...ofSite];
}

/**
 * The ids of the secrets that something in the store needs. Accounts are looked through only where the store
 * has never listed any: it may be older than the list.
 */
export async function neededSecrets(store: Operator['store']): Promise<ReadonlySet<string>> {
  const listed = await store.secretIds.list();
  if (listed) return listed;
  const used = idsOf(await countSecretUsage({ store }));
  await store.secretIds.add(used);
  return new Set(used);
}

/** The secrets that something needs. */
export function idsOf(usage: ReadonlyMap<string, SecretUsage>): string[] {
  return [...usage].flatMap(([id, used]) => (isNeeded(used) ? [id] : []));
}
