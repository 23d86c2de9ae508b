/** The results of the methods, spelled as flat key-value pairs. */
import type { MenuItem } from '../../../core/protocol/gateway-settings.ts';
import type { LoginResult } from '../../../core/protocol/methods/login.ts';
import type { Method, Result, Results } from '../../../core/protocol/methods/table.ts';

/** One key and its value, before the reply is put in order. */
export type Pair = readonly [key: string, value: string];

/** How each method's result is spelled. @see PROTOCOL §5 */
const spellings: { readonly [M in Method]: (result: Results[M]) => Pair[] } = {
  getchallenge: ({ challenge, authScheme, expireTime, serverTime }) => [
    ['challenge', challenge],
    ['auth_scheme', authScheme],
    ['expire_time', String(expireTime)],
    ['server_time', String(serverTime)],
  ],
  login: loginPairs,
  sessiongenerate: ({ ljsession }) => [['ljsession', ljsession]],
  sessionexpire: () => [],
};

/** Spells a result. */
export function resultPairs<M extends Method>({ method, value }: Result<M>): Pair[] {
  return spellings[method](value);
}

function loginPairs(login: LoginResult): Pair[] {
  const pairs: Pair[] = [['name', login.fullname]];
  if (login.message !== undefined) pairs.push(['message', login.message]);
  if (login.defaultpicurl !== undefined) pairs.push(['defaultpicurl', login.defaultpicurl]);
  if (login.fastserver !== undefined) pairs.push(['fastserver', String(login.fastserver)]);
  if (login.caps !== undefined) pairs.push(['caps', String(login.caps)]);

  pairs.push(['frgrp_maxnum', String(Math.max(0, ...login.friendgroups.map(({ id }) => id)))]);
  for (const group of login.friendgroups) {
    pairs.push([`frgrp_${group.id}_name`, group.name]);
    pairs.push([`frgrp_${group.id}_sortorder`, String(group.sortorder)]);
    if (group.public) pairs.push([`frgrp_${group.id}_public`, '1']);
  }
  if (login.usejournals.length > 0) pairs.push(...list('access', login.usejournals));
  if (login.moods) {
    pairs.push(['mood_count', String(login.moods.length)]);
    login.moods.forEach(({ id, name, parent }, i) => {
      pairs.push([`mood_${i + 1}_id`, String(id)], [`mood_${i + 1}_name`, name]);
      pairs.push([`mood_${i + 1}_parent`, String(parent)]);
    });
  }
  if (login.pickws) pairs.push(...list('pickw', login.pickws));
  if (login.pickwurls) pairs.push(...list('pickwurl', login.pickwurls));
  if (login.menus) menuPairs(login.menus, { next: 1 }, 0, pairs);
  return pairs;
}

function list(name: string, values: readonly string[]): Pair[] {
  const items = values.map((value, i): Pair => [`${name}_${i + 1}`, value]);
  return [[`${name}_count`, String(values.length)], ...items];
}

/** Menus as numbered tables: 0 is the root; each submenu gets the next number when it first appears. */
function menuPairs(items: readonly MenuItem[], numbers: { next: number }, menu: number, pairs: Pair[]): void {
  pairs.push([`menu_${menu}_count`, String(items.length)]);
  items.forEach((item, i) => {
    const prefix = `menu_${menu}_${i + 1}`;
    pairs.push([`${prefix}_text`, item.text]);
    if ('url' in item) pairs.push([`${prefix}_url`, item.url]);
    if ('sub' in item) {
      const sub = numbers.next++;
      pairs.push([`${prefix}_sub`, String(sub)]);
      menuPairs(item.sub, numbers, sub, pairs);
    }
  });
}
