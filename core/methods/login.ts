/** login: what a client needs to know about its account to start working. */
import type { Account, FriendGroup } from '../account.ts';
import type { MenuItem, Mood, Settings } from '../settings.ts';
import type { Username } from '../username.ts';
import { type Arguments, integerOf, isTrue } from '../values.ts';

/** The result of login, each optional part present only when it was asked for or granted. */
export interface LoginResult {
  readonly userid: number;
  readonly fullname: string;
  readonly message?: string;
  readonly defaultpicurl?: string;
  readonly fastserver?: 1;
  readonly caps?: number;
  readonly friendgroups: readonly FriendGroup[];
  readonly usejournals: readonly string[];
  readonly moods?: readonly Mood[];
  readonly pickws?: readonly string[];
  readonly pickwurls?: readonly string[];
  readonly menus?: readonly MenuItem[];
}

/** Composes the result of login. @see PROTOCOL §5 */
export function login(settings: Settings, account: Account, args: Arguments): LoginResult {
  const { userid, fullname } = account;
  const friendgroups = account.friendgroups.toSorted((a, b) => a.sortorder - b.sortorder || a.id - b.id);
  const result: Composed = { userid, fullname, friendgroups, usejournals: account.usejournals.toSorted() };
  const message = messageFor(account);
  if (message !== '') result.message = message;
  if (account.fastserver) result.fastserver = 1;
  if (isTrue(args.get('getcaps'))) result.caps = account.caps;
  const getmoods = args.get('getmoods');
  if (getmoods !== undefined) result.moods = moodsAbove(settings.moods, integerOf(getmoods));
  if (isTrue(args.get('getpickws'))) {
    const pictures = account.pictures.toSorted((a, b) => byKeyword(a.keyword, b.keyword));
    result.pickws = pictures.map(({ keyword }) => keyword);
    if (isTrue(args.get('getpickwurls'))) {
      result.defaultpicurl = account.defaultpicurl ?? '';
      result.pickwurls = pictures.map(({ url }) => url);
    }
  }
  if (isTrue(args.get('getmenus'))) result.menus = personal(settings.menus, account.username);
  return result;
}

type Composed = { -readonly [Part in keyof LoginResult]: LoginResult[Part] };

const testMessage = 'This is a test message, which the account "test" gets at every login.';
const readonlyMessage = 'This account is read-only: you can log in, but not post.';

/** The reference pages promise client authors that the account `test` always gets a message. */
function messageFor({ username, status, message }: Account): string {
  const own = message || (username === 'test' ? testMessage : '');
  return [own, status === 'readonly' ? readonlyMessage : ''].filter((text) => text !== '').join(' ');
}

function moodsAbove(moods: readonly Mood[], known: number): Mood[] {
  return moods.filter(({ id }) => id > known).toSorted((a, b) => a.id - b.id);
}

function byKeyword(a: string, b: string): number {
  return compare(a.toLowerCase(), b.toLowerCase()) || compare(a, b);
}

function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

function personal(items: readonly MenuItem[], username: Username): MenuItem[] {
  return items.map((item) => {
    if ('sub' in item) return { text: item.text, sub: personal(item.sub, username) };
    if ('url' in item) return { text: item.text, url: item.url.replaceAll('USERNAME', username) };
    return item;
  });
}
