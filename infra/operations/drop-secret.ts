/** A root secret given up: what only it opens is taken from the accounts. */
import type { Account, Password } from '../../core/accounts/account.ts';
import { sealedWith } from '../secrets/sealed-text.ts';
import type { SecretSource } from '../secrets/secret-source.ts';
import { eachAccount } from './account-operations.ts';
import { changeAccounts } from './change-accounts.ts';
import { OperationRefused, type Operator } from './operator-context.ts';
import { sealedIn } from './secret-usage.ts';

/** What giving up a secret takes away. */
export interface SecretDrop {
  readonly id: string;
  /** Names of the accounts that need a new password, new client keys, or a new upstream key. */
  readonly accounts: readonly string[];
}

/**
 * What would be taken away. A secret that is lost has no `source`, or stands no more in it.
 * @throws {OperationRefused} when it is in use, or when a rotation would renew what needs it
 */
export async function planDrop(
  { store }: Pick<Operator, 'store'>,
  source: SecretSource | undefined,
  id: string,
): Promise<SecretDrop> {
  const keyring = await source?.read();
  if (keyring && (id === keyring.currentId || id === keyring.rotating)) {
    throw new OperationRefused(`secret ${id} is in use; npx ljgate secrets rotate brings in another first`);
  }
  const isThere = keyring?.list().some((secret) => secret.id === id) === true;
  const accounts: string[] = [];
  for await (const account of eachAccount({ store })) {
    if (!withoutSecrets(account, [id])) continue;
    if (isThere && isRenewable(account, id)) {
      throw new OperationRefused(
        `secret ${id} still opens what can be renewed; run: npx ljgate secrets rotate`,
      );
    }
    accounts.push(account.username);
  }
  if (accounts.length === 0 && !isThere && !(await store.secretIds.list())?.has(id)) {
    throw new OperationRefused(`there is no secret ${id}; npx ljgate secrets status shows them`);
  }
  return { id, accounts };
}

/** Gives up a secret, as planned. */
export async function dropSecret(
  operator: Pick<Operator, 'store'>,
  source: SecretSource | undefined,
  { id }: SecretDrop,
): Promise<void> {
  await changeAccounts(operator, async (account) => withoutSecrets(account, [id]));
  await operator.store.secretIds.remove([id]);
  await source?.alone(() => source.change((now) => now.without([id])));
}

/** Whether a rotation renews what an account needs a secret for; only a log-in does for the rest. */
function isRenewable(account: Account, id: string): boolean {
  const sealed = sealedIn(account).some((text) => sealedWith(text) === id);
  return sealed || account.password?.accepts === 'anyForm';
}

/** An account without what only these secrets open; `undefined` when it has nothing of the kind. */
export function withoutSecrets(account: Account, ids: readonly string[]): Account | undefined {
  const { password, upstreamKey, ...rest } = account;
  const lost = (sealed: string) => ids.includes(sealedWith(sealed) ?? '');
  const leftUpstream = upstreamKey !== undefined && !lost(upstreamKey) ? upstreamKey : undefined;
  const left = password && withoutPassword(password, ids);
  const clientKeys = account.clientKeys.filter((key) => !lost(key.sealed));
  const same =
    left === password && leftUpstream === upstreamKey && clientKeys.length === account.clientKeys.length;
  if (same) return undefined;
  return {
    ...rest,
    ...(left && { password: left }),
    ...(leftUpstream && { upstreamKey: leftUpstream }),
    clientKeys,
  };
}

function withoutPassword(password: Password, ids: readonly string[]): Password | undefined {
  if (password.accepts === 'plainOnce') return password;
  if (ids.includes(password.verifier.secret)) return undefined;
  if (password.accepts === 'plainOnly' || !ids.includes(sealedWith(password.sealed) ?? '')) return password;
  const { sealed: _, ...others } = password;
  return { ...others, accepts: 'plainOnly' };
}
