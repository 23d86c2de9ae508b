/** Accounts as JSON Lines, in the form that an import reads, without their secrets. */
import type { Account } from '../../core/accounts/account.ts';
import type { AccountJson } from '../../core/accounts/account-line.ts';
import type { Sealer } from '../../core/ports.ts';
import { eachAccount } from './account-operations.ts';
import { OperationRefused, type Operator } from './operator-context.ts';

/** A line as it is exported. */
export type ExportedLine = AccountJson & { readonly sealedUpstreamKey?: string };

/**
 * Every account, in the store's own order. Upstream keys are in it only where a `transferKey` seals them.
 * @throws {OperationRefused | SecretMissing} where an upstream key does not open
 */
export async function* exportAccounts(
  operator: Pick<Operator, 'store' | 'unlock'>,
  transferKey?: Sealer,
): AsyncGenerator<ExportedLine> {
  if (!transferKey) {
    for await (const account of eachAccount(operator)) yield lineOf(account);
    return;
  }
  const { sealer } = await operator.unlock();
  for await (const account of eachAccount(operator)) {
    const sealed = await sealedAnew(account, sealer, transferKey);
    yield { ...lineOf(account), ...(sealed !== undefined && { sealedUpstreamKey: sealed }) };
  }
}

async function sealedAnew(
  { username, upstreamKey }: Account,
  sealer: Sealer,
  transferKey: Sealer,
): Promise<string | undefined> {
  if (upstreamKey === undefined) return undefined;
  const digest = await sealer.open(upstreamKey, username, 'upstream-key');
  if (digest !== undefined) return transferKey.seal(digest, username, 'upstream-key');
  throw new OperationRefused(
    `the upstream key of "${username}" is damaged; set it again: npx ljgate accounts set-upstream-key ${username}`,
  );
}

function lineOf(account: Account): AccountJson {
  const { username, userid, fullname, status, message, defaultpicurl, password } = account;
  const accepts = password?.accepts === 'plainOnce' ? password.becomes : password?.accepts;
  return {
    username,
    userid,
    fullname,
    status,
    ...(message !== undefined && { message }),
    friendgroups: account.friendgroups.map((group) => ({ ...group })),
    usejournals: [...account.usejournals],
    pictures: account.pictures.map((picture) => ({ ...picture })),
    ...(defaultpicurl !== undefined && { defaultpicurl }),
    fastserver: account.fastserver,
    caps: account.caps,
    ...(accepts && { challenge: accepts === 'anyForm' }),
  };
}
