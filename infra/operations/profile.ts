/** The fields of an account line that make up a profile, laid over an account. */
import type { Account, Status } from '../../core/account.ts';
import type { AccountLine } from '../../core/enrolment.ts';

/**
 * The account with those fields of the line that were given; what a line leaves out stays as it
 * is, though the checked line has defaults for it.
 */
export function withFields(account: Account, line: AccountLine, given: object): Account {
  const has = (name: keyof AccountLine) => Object.hasOwn(given, name);
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

/** The account in a status; one that carries no sessions ends them for good. */
export function withStatus(account: Account, status: Status): Account {
  const carries = status === 'active' || status === 'readonly' || status === 'deleted';
  if (status === account.status) return account;
  return { ...account, status, generation: account.generation + (carries ? 0 : 1) };
}
