/** The results of the methods, spelled as XML-RPC structs. */
import type { MenuItem } from '../../../core/protocol/gateway-settings.ts';
import type { LoginResult } from '../../../core/protocol/methods/login.ts';
import type { Method, Result, Results } from '../../../core/protocol/methods/table.ts';
import type { Reply, ReplyStruct } from './xmlrpc-reply.ts';

/** How each method's result is spelled. @see PROTOCOL §5 */
const spellings: { readonly [M in Method]: (result: Results[M]) => ReplyStruct } = {
  getchallenge: ({ challenge, authScheme, expireTime, serverTime }) => ({
    challenge,
    auth_scheme: authScheme,
    expire_time: expireTime,
    server_time: serverTime,
  }),
  login: loginStruct,
  sessiongenerate: ({ ljsession }) => ({ ljsession }),
  sessionexpire: () => ({}),
};

/** Spells a result. */
export function resultStruct<M extends Method>({ method, value }: Result<M>): ReplyStruct {
  return spellings[method](value);
}

/** Scalars first: one client loses what follows an array. */
function loginStruct(login: LoginResult): ReplyStruct {
  const { message, defaultpicurl, fastserver, caps, moods, pickws, pickwurls, menus } = login;
  return {
    userid: login.userid,
    // One client compares it with what it sent.
    username: login.username,
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
    ...(menus && { menus: menus.map(menuItem) }),
  };
}

function menuItem(item: MenuItem): Reply {
  if ('sub' in item) return { text: item.text, sub: item.sub.map(menuItem) };
  return 'url' in item ? { text: item.text, url: item.url } : { text: item.text };
}
