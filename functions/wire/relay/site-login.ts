/** Reads the site's result of login as ours. @see PROTOCOL §5, §10 */
import * as v from 'valibot';
import type { FriendGroup } from '../../../core/accounts/account.ts';
import type { MenuItem, Mood } from '../../../core/protocol/gateway-settings.ts';
import type { SiteLogin } from '../../../core/protocol/site-login.ts';
import { fromBase64 } from '../../../infra/base64.ts';
import { type Reply, TypedScalar } from '../xmlrpc/xmlrpc-reply.ts';

/** A reply as plain data: scalars as text, because sites disagree on types. */
type Plain = string | readonly Plain[] | { readonly [name: string]: Plain };

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

function plainOf(value: Reply): Plain {
  if (value instanceof TypedScalar) return textOf(value);
  if (value instanceof Map) {
    return Object.fromEntries([...value].map(([name, item]) => [name, plainOf(item)]));
  }
  return Array.isArray(value) ? value.map(plainOf) : String(value);
}

/** SOAP::Lite sends text that is not ASCII as base64, or encodes the bytes of its UTF-8 once more. */
function textOf({ type, text }: TypedScalar): string {
  if (type === 'base64') return decoded(fromBase64(text)) ?? '';
  if (!/[\u0080-\u00ff]/.test(text) || /[\u0100-\uffff]/.test(text)) return text;
  return decoded(Uint8Array.from(text, (character) => character.charCodeAt(0))) ?? text;
}

function decoded(bytes: Uint8Array): string | undefined {
  try {
    return utf8.decode(bytes);
  } catch {
    return undefined;
  }
}

const number = v.pipe(v.string(), v.regex(/^-?\d{1,10}$/), v.transform(Number));
const text = v.string();
const truth = v.pipe(
  v.string(),
  v.transform((value) => value !== '' && value !== '0'),
);

const friendGroup: v.GenericSchema<unknown, FriendGroup> = v.object({
  id: number,
  name: text,
  sortorder: v.optional(number, '50'),
  public: v.optional(truth, '0'),
});

const mood: v.GenericSchema<unknown, Mood> = v.object({
  id: number,
  name: text,
  parent: v.optional(number, '0'),
});

const menuItem: v.GenericSchema<unknown, MenuItem> = v.union([
  v.object({ text, sub: v.lazy(() => v.array(menuItem)) }),
  v.object({ text, url: text }),
  v.object({ text: v.literal('-') }),
]);

const siteLogin = v.object({
  message: v.exactOptional(text),
  friendgroups: v.exactOptional(v.array(friendGroup)),
  usejournals: v.exactOptional(v.array(text)),
  moods: v.exactOptional(v.array(mood)),
  pickws: v.exactOptional(v.array(text)),
  pickwurls: v.exactOptional(v.array(text)),
  defaultpicurl: v.exactOptional(text),
  menus: v.exactOptional(v.array(menuItem)),
});

/** The parts of the result that may come from the site; `undefined` for a value that is no result of login. */
export function siteLoginOf(value: Reply): SiteLogin | undefined {
  const read = v.safeParse(siteLogin, plainOf(value));
  return read.success ? read.output : undefined;
}
