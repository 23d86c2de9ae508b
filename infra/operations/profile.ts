/** Changes of an account's profile and status. */
import type { Account, Status } from '../../core/accounts/account.ts';
import type { AccountLine } from '../../core/accounts/account-line.ts';
import { allowsSessions } from '../../core/sessions/session.ts';

/**
 * The account with the fields of a line.
 * @param source the line as it was written: `line`, which was checked, has defaults for what it left out
 */
export function withFields(account: Account, line: AccountLine, source: object): Account {
  const has = (name: keyof AccountLine) => Object.hasOwn(source, name);
  const { message, defaultpicurl, ...rest } = account;
  const text = has('message') ? line.message : message;
  const picture = has('defaultpicurl') ? line.defaultpicurl : defaultpicurl;
  return {
    ...rest,
    ...(has('fullname') && { fullname: line.fullname?.trim() ? line.fullname : account.username }),
    ...(has('friendgroups') && { friendgroups: line.friendgroups }),
    ...(has('usejournals') && { usejournals: line.usejournals }),
    ...(has('pictures') && { pictures: line.pictures }),
    ...(has('fastserver') && { fastserver: line.fastserver }),
    ...(has('caps') && { caps: line.caps }),
    ...(text && { message: text }),
    ...(picture && { defaultpicurl: picture }),
  };
}

/** The account in a status. One that allows no sessions ends them for good, also after the next change. */
export function withStatus(account: Account, status: Status): Account {
  if (status === account.status) return account;
  return { ...account, status, generation: account.generation + (allowsSessions(status) ? 0 : 1) };
}
