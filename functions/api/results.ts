/** What operations answer, as schemas: for the description, and for tests that hold answers to it. */
import * as v from 'valibot';
import { statuses } from '../../core/accounts/account.ts';
import { scopes } from '../../core/auth/token.ts';

const text = v.string();
const count = v.pipe(v.number(), v.integer());
/** RFC 3339. */
const time = v.pipe(v.string(), v.isoTimestamp());
const orNull = <Schema extends v.GenericSchema>(schema: Schema) => v.nullable(schema);

const row = {
  username: text,
  userid: count,
  fullname: text,
  status: v.picklist(statuses),
  password: v.picklist(['any form', 'plain only', 'bcrypt until the next log-in', 'none']),
  created: time,
};

/** A client key, without its secret. */
const key = v.object({ id: text, name: text, created: time, lastUsed: orNull(time) });

/** The client keys of an account. */
export const keys = v.object({ keys: v.array(key) });

/** A whole account. `generatedPassword`: made up for it, and shown only this once. */
export const account = v.object({
  ...row,
  message: orNull(text),
  friendgroups: v.array(v.object({ id: count, name: text, sortorder: count, public: v.boolean() })),
  usejournals: v.array(text),
  pictures: v.array(v.object({ keyword: text, url: text })),
  defaultpicurl: orNull(text),
  fastserver: v.boolean(),
  caps: count,
  keys: v.array(key),
  upstreamKey: v.boolean(),
  generation: count,
  version: text,
  generatedPassword: v.optional(text),
});

/** A page of accounts. */
export const accounts = v.object({
  accounts: v.array(v.object({ ...row, keys: count })),
  more: v.boolean(),
  next: v.optional(text),
});

/** An account by its name, of which something was done. */
export const named = v.object({ username: text });

/** A password that was set. */
export const passwordSet = v.object({
  username: text,
  clientKeys: v.array(text),
  revokedKeys: v.array(text),
  generatedPassword: v.optional(text),
});

const sessionRow = {
  id: count,
  created: time,
  expires: time,
  lastUsed: orNull(time),
  network: orNull(text),
  agent: orNull(text),
  via: orNull(v.picklist(['password', 'clientKey', 'site'])),
  key: orNull(text),
};

/** A page of sessions. */
export const sessions = v.object({ sessions: v.array(v.object(sessionRow)), next: v.optional(count) });

/** A session that was made, or why it was not. */
export const sessionMade = v.union([
  v.object({ made: v.literal(true), session: text, ...sessionRow }),
  v.object({ made: v.literal(false), code: count, reason: text }),
]);

/** Whether a session holds. */
export const sessionChecked = v.union([
  v.object({ valid: v.literal(true), username: text, userid: count, ...sessionRow }),
  v.object({ valid: v.literal(false) }),
]);

/** Sessions that were ended. */
export const expired = v.object({ username: text, expired: v.union([v.array(count), v.literal('all')]) });

/** Whether credentials hold. */
export const verified = v.union([
  v.object({
    verified: v.literal(true),
    username: text,
    userid: count,
    fullname: text,
    status: v.picklist(statuses),
    by: v.picklist(['password', 'clientKey', 'session']),
    key: orNull(text),
  }),
  v.object({ verified: v.literal(false), code: count, reason: text }),
]);

/** A key that was just made. */
export const newKey = v.object({ username: text, id: text, name: text, secret: text });

/** A key that was revoked. */
export const revokedKey = v.object({ username: text, id: text, name: text });

/** Refused log-ins that are counted. */
export const bans = v.object({
  bans: v.array(
    v.object({ account: orNull(text), network: text, refusals: count, banned: v.boolean(), last: time }),
  ),
});

/** Bans that were lifted. */
export const lifted = v.object({ username: orNull(text), address: orNull(text), lifted: count });

/** A token, as it is shown to its holder. */
export const token = v.object({
  id: text,
  name: text,
  scopes: v.array(v.picklist(scopes)),
  created: time,
  expires: orNull(time),
  lastUsed: orNull(time),
});
