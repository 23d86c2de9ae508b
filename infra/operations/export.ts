/** Accounts as JSON Lines, as an import takes them; secrets do not leave the store. */
import type { Account } from '../../core/account.ts';
import type { AccountJson } from '../../core/enrolment.ts';
import { eachAccount } from './accounts.ts';
import type { Operator } from './operator.ts';

/** Every account, in the store's own order. */
export async function* exportAccounts(operator: Pick<Operator, 'store'>): AsyncGenerator<AccountJson> {
  for await (const account of eachAccount(operator)) yield lineOf(account);
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
