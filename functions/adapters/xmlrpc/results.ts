/** The results of the methods, spelled as XML-RPC values. @see PROTOCOL §5 */
import type { Result } from '../../../core/gateway.ts';
import type { LoginResult } from '../../../core/methods/login.ts';
import type { MenuItem } from '../../../core/settings.ts';
import type { Reply, ReplyStruct } from './reply.ts';

/** Spells a result. */
export function spellResult(result: Result): ReplyStruct {
  switch (result.method) {
    case 'getchallenge': {
      const { challenge, authScheme, expireTime, serverTime } = result.value;
      return { challenge, auth_scheme: authScheme, expire_time: expireTime, server_time: serverTime };
    }
    case 'login':
      return spellLogin(result.value);
    case 'sessiongenerate':
      return { ljsession: result.value.ljsession };
    case 'sessionexpire':
      return {};
  }
}

/** Scalars first: one client loses what follows an array. */
function spellLogin(login: LoginResult): ReplyStruct {
  const { message, defaultpicurl, fastserver, caps, moods, pickws, pickwurls, menus } = login;
  return {
    userid: login.userid,
    fullname: login.fullname,
    ...(message !== undefined && { message }),
    ...(defaultpicurl !== undefined && { defaultpicurl }),
    ...(fastserver !== undefined && { fastserver }),
    ...(caps !== undefined && { caps }),
    friendgroups: login.friendgroups.map((group) => ({
      id: group.id,
      name: group.name,
      sortorder: group.sortorder,
      public: group.public ? 1 : 0,
    })),
    usejournals: [...login.usejournals],
    ...(moods && { moods: moods.map(({ id, name, parent }) => ({ id, name, parent })) }),
    ...(pickws && { pickws: [...pickws] }),
    ...(pickwurls && { pickwurls: [...pickwurls] }),
    ...(menus && { menus: menus.map(spellMenuItem) }),
  };
}

function spellMenuItem(item: MenuItem): Reply {
  if ('sub' in item) return { text: item.text, sub: item.sub.map(spellMenuItem) };
  return 'url' in item ? { text: item.text, url: item.url } : { text: item.text };
}
