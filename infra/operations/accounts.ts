/** Accounts: made, looked at, changed and removed, one at a time. */
import type { Account, Status } from '../../core/account.ts';
import type { PageMark } from '../../core/administration.ts';
import { type AccountJson, enrol, parseAccountLine } from '../../core/enrolment.ts';
import type { Username } from '../../core/username.ts';
import { type Generated, madeUp } from './credentials.ts';
import { change, find, type Operator, Refused, unknown } from './operator.ts';
import { withFields } from './profile.ts';
import { type AccountRow, type AccountView, rowOf, viewOf } from './views.ts';

/**
 * Adds an account.
 * @throws {Refused} when a field is wrong, or the name or number is taken
 */
export async function addAccount(
  operator: Operator,
  { generate, ...json }: AccountJson & { readonly generate?: boolean | undefined },
): Promise<AccountView & Generated> {
  const password = generate ? madeUp(operator) : undefined;
  const parsed = parseAccountLine(password === undefined ? json : { ...json, password });
  if (!parsed.ok) throw new Refused(`the account was not added: ${parsed.reason}`);
  const { line } = parsed;
  const { accounts } = operator.store.admin;
  const ports = { ...operator, ...(await operator.unlock()) };
  const account = await enrol(line, ports, line.userid ?? (await accounts.allotUserids(1)));
  for (let attempt = 0; attempt < 100; attempt++) {
    const userid = attempt === 0 || line.userid ? account.userid : await accounts.allotUserids(1);
    const added = { ...account, userid };
    const [outcome] = await accounts.write([{ kind: 'add', account: added }]);
    if (outcome === 'done') {
      if (line.userid) await accounts.reserveUserids(line.userid);
      const view = viewOf(added);
      return password === undefined ? view : { ...view, generatedPassword: password };
    }
    if (outcome === 'lost') {
      throw new Refused(`there is an account "${line.username}" already; ljgate accounts edit changes it`);
    }
    if (line.userid) {
      throw new Refused(
        `userid ${line.userid} belongs to another account; leave it out to have one allotted`,
      );
    }
  }
  throw new Refused('no free userid was found; give one with --userid');
}

/** A whole account. @throws {Refused} */
export async function showAccount(operator: Operator, username: Username): Promise<AccountView> {
  return viewOf((await find(operator, username)).account);
}

/** Every account, a page at a time, in the store's own order. */
export async function* eachAccount(operator: Pick<Operator, 'store'>): AsyncGenerator<Account> {
  let mark: PageMark | undefined;
  do {
    const page = await operator.store.admin.accounts.page(mark, 200);
    for (const { account } of page.accounts) yield account;
    mark = page.next;
  } while (mark !== undefined);
}

/** Which accounts to list. */
export interface Selection {
  readonly status?: Status | undefined;
  /** Part of the name. */
  readonly match?: string | undefined;
  readonly limit?: number | undefined;
}

/** The accounts of a selection. */
export async function* listAccounts(
  operator: Pick<Operator, 'store'>,
  { status, match = '', limit = Number.POSITIVE_INFINITY }: Selection = {},
): AsyncGenerator<AccountRow> {
  let listed = 0;
  if (limit <= 0) return;
  for await (const account of eachAccount(operator)) {
    if (status !== undefined && account.status !== status) continue;
    if (!account.username.includes(match)) continue;
    yield rowOf(account);
    if (++listed >= limit) return;
  }
}

/** Changes fields of the profile; `null` or an empty text takes away. @throws {Refused} */
export async function editAccount(
  operator: Operator,
  username: Username,
  fields: Readonly<Record<string, unknown>>,
): Promise<AccountView> {
  const given = Object.entries(fields).map(([name, value]) => [name, value ?? '']);
  if (given.length === 0) throw new Refused('nothing was changed: no field was given');
  const { username: _, ...profile } = Object.fromEntries(given);
  const parsed = parseAccountLine({ ...profile, username });
  if (!parsed.ok) throw new Refused(`nothing was changed: ${parsed.reason}`);
  return viewOf(await change(operator, username, (account) => withFields(account, parsed.line, profile)));
}

/** Removes an account and its sessions. @throws {Refused} when there is none */
export async function removeAccount(
  operator: Operator,
  username: Username,
): Promise<{ readonly username: string }> {
  if ((await operator.store.admin.accounts.remove(username)) === 'unknown') throw unknown(username);
  return { username };
}
