/** login: verifies credentials, and gives the client what it needs to start. */
import type { Account, FriendGroup } from '../../accounts/account.ts';
import type { Username } from '../../accounts/username.ts';
import type { MenuItem, Mood } from '../gateway-settings.ts';
import { integerOf, isTrue, textOr } from '../values.ts';
import { accountMethod, type DeclaredArguments } from './definition.ts';

/** The result of login, each optional part present only when it was asked for or granted. */
export interface LoginResult {
  readonly userid: number;
  readonly username: Username;
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
export const login = accountMethod({
  help: "Checks an account's credentials and gives what a client needs to start.",
  signatures: [['struct', 'struct']],
  arguments: {
    clientversion: { kind: 'text' },
    getmoods: { kind: 'number', help: 'moods above this number' },
    getmenus: { kind: 'boolean' },
    getpickws: { kind: 'boolean' },
    getpickwurls: { kind: 'boolean' },
    getcaps: { kind: 'boolean' },
  },
  result: {
    userid: 'int',
    username: 'string (XML-RPC alone)',
    fullname: 'string (flat: name)',
    message: 'string, where there is one: to be shown to the person',
    defaultpicurl: 'string, with getpickws and getpickwurls: empty for none',
    fastserver: 'int 1, where it is granted',
    caps: 'int, with getcaps',
    friendgroups: 'array of {id, name, sortorder, public} (flat: frgrp_maxnum, frgrp_ID_name …)',
    usejournals: 'array of names (flat: access_count, access_1 …)',
    moods: 'array of {id, name, parent}, with getmoods (flat: mood_count, mood_1_id …)',
    pickws: 'array of keywords, with getpickws (flat: pickw_count, pickw_1 …)',
    pickwurls: 'array of URLs in the same order, with getpickwurls (flat: pickwurl_count …)',
    menus: 'tree of {text, url} and {text, sub}, with getmenus (flat: menu_0_count …)',
  },
  example: { username: 'test', password: 'test', ver: '1', getmoods: '0', getpickws: '1' },
  whenLocked: 'refused',
  async run({ siteLogins, settings, account, used, args, context }): Promise<LoginResult> {
    const { userid, username, fullname } = account;
    const friendgroups = account.friendgroups.toSorted((a, b) => a.sortorder - b.sortorder || a.id - b.id);
    const result: Composed = {
      userid,
      username,
      fullname,
      friendgroups,
      usejournals: account.usejournals.toSorted(),
    };
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
    const site = await siteLogins?.read({ account, used, context, wishes: wishesIn(args) });
    return { ...result, ...site };
  },
});

/** Those that the client gave, as text. */
function wishesIn(args: DeclaredArguments<Wish>): ReadonlyMap<string, string> {
  return new Map(
    wishes.flatMap((name) => {
      const value = args.get(name);
      return value === undefined ? [] : [[name, textOr(value, '')]];
    }),
  );
}

const wishes = ['getmoods', 'getmenus', 'getpickws', 'getpickwurls'] as const;
type Wish = (typeof wishes)[number];

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
