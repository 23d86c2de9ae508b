/** Accounts: made, looked at, changed and removed, one at a time. */
import type { Account, Status, UserId } from '../../core/accounts/account.ts';
import { parseAccountLine } from '../../core/accounts/account-line.ts';
import type { PageCursor } from '../../core/accounts/administration.ts';
import { createAccount } from '../../core/accounts/create-account.ts';
import type { Username } from '../../core/accounts/username.ts';
import { maxInt } from '../../core/accounts/validation.ts';
import { type Generated, generatePassword } from './credential-operations.ts';
import {
  type ChangeCondition,
  changeStored,
  find,
  OperationRefused,
  type Operator,
  unknown,
} from './operator-context.ts';
import { withFields } from './profile.ts';
import { type AccountRow, type AccountView, rowOf, viewOf } from './views.ts';

/**
 * Adds an account.
 * @throws {OperationRefused} when a field is wrong, or the name or number is taken
 */
export async function addAccount(
  operator: Operator,
  { generate, ...json }: Readonly<Record<string, unknown>> & { readonly generate?: boolean | undefined },
): Promise<AccountView & Generated> {
  const password = generate ? generatePassword(operator) : undefined;
  const parsed = parseAccountLine(password === undefined ? json : { ...json, password });
  if (!parsed.ok)
    throw new OperationRefused(`the account was not added: ${parsed.reason}`, {
      kind: 'invalid',
      faults: parsed.faults,
    });
  const { line } = parsed;
  const { accounts } = operator.store.admin;
  const ports = { ...operator, ...(await operator.unlock()) };
  const allotted = async () => line.userid ?? (await allotUserid(operator));
  const account = await createAccount(line, ports, await allotted());
  const oversize = accounts.oversize(account);
  if (oversize) throw new OperationRefused(`the account was not added: it ${oversize}`, { kind: 'invalid' });
  for (let attempt = 0; attempt < 100; attempt++) {
    const added = attempt === 0 ? account : { ...account, userid: await allotted() };
    const [outcome] = await accounts.write([{ kind: 'add', account: added }]);
    if (outcome === 'done') {
      if (line.userid) await accounts.reserveUserids(line.userid);
      const view = viewOf({ account: added, revision: 0 });
      return password === undefined ? view : { ...view, generatedPassword: password };
    }
    if (outcome === 'conflict') {
      const hint = 'npx ljgate accounts edit changes it';
      throw new OperationRefused(`account "${line.username}" exists already`, { hint });
    }
    if (line.userid) {
      const hint = 'without --userid the next free one is taken';
      throw new OperationRefused(`userid ${line.userid} belongs to another account`, { hint });
    }
  }
  throw new OperationRefused('no free userid was found', { hint: 'give one with --userid' });
}

async function allotUserid({ store }: Operator): Promise<UserId> {
  const userid = await store.admin.accounts.allotUserids(1);
  if (userid !== undefined) return userid;
  throw new OperationRefused(`the account was not added: ${noUserid}`);
}

/** Why a number cannot be allotted. */
export const noUserid = `an account has userid ${maxInt} or nearly, so none above is left; give a free one by hand`;

/** A whole account. @throws {OperationRefused} */
export async function showAccount(operator: Operator, username: Username): Promise<AccountView> {
  return viewOf(await find(operator, username));
}

/** Every account, a page at a time, in the store's own order. */
export async function* eachAccount(operator: Pick<Operator, 'store'>): AsyncGenerator<Account> {
  let mark: PageCursor | undefined;
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

function matches(account: Account, { status, match = '' }: Omit<Selection, 'limit'>): boolean {
  return (status === undefined || account.status === status) && account.username.includes(match);
}

/** The accounts of a selection. */
export async function* listAccounts(
  operator: Pick<Operator, 'store'>,
  { limit = Number.POSITIVE_INFINITY, ...selection }: Selection = {},
): AsyncGenerator<AccountRow> {
  let listed = 0;
  if (limit <= 0) return;
  for await (const account of eachAccount(operator)) {
    if (!matches(account, selection)) continue;
    yield rowOf(account);
    if (++listed >= limit) return;
  }
}

/** Some accounts of a selection. */
export interface AccountsPage {
  readonly accounts: readonly AccountRow[];
  readonly more: boolean;
  /** What the next page comes after; absent where there are no more. */
  readonly next?: PageCursor;
}

/** Reads of the store for one page at the most: few accounts may match. */
const mostReads = 20;

/** At most `limit` accounts of a selection. They may be fewer, or none, and there still be more. */
export async function accountsPage(
  { store }: Pick<Operator, 'store'>,
  { limit, after, ...selection }: Selection & { readonly limit: number; readonly after?: PageCursor },
): Promise<AccountsPage> {
  const accounts: AccountRow[] = [];
  let next = after;
  for (let read = 0; read < mostReads; read++) {
    const page = await store.admin.accounts.page(next, limit - accounts.length);
    const found = page.accounts
      .map(({ account }) => account)
      .filter((account) => matches(account, selection));
    accounts.push(...found.map(rowOf));
    next = page.next;
    if (next === undefined) return { accounts, more: false };
    if (accounts.length >= limit) break;
  }
  return { accounts, more: true, ...(next !== undefined && { next }) };
}

/** What `editAccount` changes. Passwords, keys and the status have operations of their own. */
export const profileFields: ReadonlySet<string> = new Set([
  ...[
    'fullname',
    'message',
    'friendgroups',
    'usejournals',
    'pictures',
    'defaultpicurl',
    'fastserver',
    'caps',
  ],
]);

/** Changes fields of the profile; `null` or an empty text takes away. @throws {OperationRefused} */
export async function editAccount(
  operator: Operator,
  username: Username,
  fields: Readonly<Record<string, unknown>>,
  condition?: ChangeCondition,
): Promise<AccountView> {
  const changes = Object.entries(fields).map(([name, value]) => [name, value ?? '']);
  if (changes.length === 0)
    throw new OperationRefused('nothing was changed: no field was given', { kind: 'invalid' });
  const { username: _, ...profile } = Object.fromEntries(changes);
  const other = Object.keys(profile).find((name) => !profileFields.has(name));
  if (other !== undefined) {
    throw new OperationRefused(
      `nothing was changed: ${JSON.stringify(other).slice(0, 40)} is no field of the profile; the fields are ${[...profileFields].join(', ')}`,
      { kind: 'invalid' },
    );
  }
  const parsed = parseAccountLine({ ...profile, username });
  if (!parsed.ok)
    throw new OperationRefused(`nothing was changed: ${parsed.reason}`, {
      kind: 'invalid',
      faults: parsed.faults,
    });
  const edit = (account: Account) => withFields(account, parsed.line, profile);
  return viewOf(await changeStored(operator, username, edit, condition));
}

/** Removes an account and its sessions. @throws {OperationRefused} when there is none */
export async function removeAccount(
  operator: Operator,
  username: Username,
): Promise<{ readonly username: string }> {
  if ((await operator.store.admin.accounts.remove(username)) === 'unknown') throw unknown(username);
  return { username };
}
