/** The verbs on a site's accounts, sessions, keys and bans: those that its own code may use, too. */
import * as v from 'valibot';
import { statuses } from '../../core/accounts/account.ts';
import { pageCursor } from '../../core/accounts/administration.ts';
import { anyUsername, fields, list, text, truth, wants, whole } from '../../core/accounts/validation.ts';
import { sessionIdOf } from '../../core/sessions/session-string.ts';
import * as accounts from './account-operations.ts';
import * as bans from './ban-operations.ts';
import * as credentials from './credential-operations.ts';
import * as keys from './key-operations.ts';
import * as sessions from './session-operations.ts';
import { type BanOperator, type Verb, verb } from './verb-definition.ts';

const who = { username: anyUsername };
const status = v.picklist(statuses, wants(`one of ${statuses.join(', ')}`));
const secret = v.string('must be text');
/** The change is refused when the account has another version. */
const version = v.exactOptional(text(50));
const anything = v.looseObject({}, 'must be an object');
const newPassword = {
  password: v.exactOptional(secret),
  passwordMd5: v.exactOptional(secret),
  generate: v.exactOptional(v.literal(true, 'must be true')),
};

/** Accounts in one answer at the most. */
const mostListed = 1000;

const sessionId = v.pipe(
  whole(1, 2 ** 31 - 1),
  v.transform((number) => sessionIdOf(number)),
);

const listSessionsInput = fields({
  ...who,
  after: v.optional(sessionId),
  limit: v.optional(whole(1, mostListed), 100),
});

const ids = v.pipe(
  list(whole(1, 2 ** 31 - 1), 1000),
  v.minLength(1, 'must not be empty'),
  v.transform((numbers) => numbers.map(sessionIdOf)),
);

const expireInput = v.pipe(
  fields({ ...who, ids: v.exactOptional(ids), all: v.exactOptional(v.literal(true, 'must be true')) }),
  v.check((input) => (input.ids === undefined) !== (input.all === undefined), 'ids, all: one must be given'),
);

const selection = fields({
  username: v.exactOptional(anyUsername),
  address: v.exactOptional(text(50, 1)),
});

/** Each by its name. */
export const siteVerbs = {
  'accounts add': verb(
    // The operation checks the line as a whole, and so finds every fault.
    v.looseObject({ username: v.unknown(), generate: v.exactOptional(v.literal(true)) }, 'must be an object'),
    true,
    (operator, account) => accounts.addAccount(operator, account),
  ),
  'accounts show': verb(fields(who), false, (operator, input) =>
    accounts.showAccount(operator, input.username),
  ),
  'accounts list': verb(
    fields({
      status: v.exactOptional(status),
      match: v.exactOptional(text(25)),
      after: v.exactOptional(v.pipe(text(300, 1), v.transform(pageCursor))),
      limit: v.optional(whole(1, mostListed), 100),
    }),
    false,
    accounts.accountsPage,
  ),
  'accounts set-password': verb(
    fields({
      ...who,
      ...newPassword,
      challenge: v.exactOptional(truth),
      revokeKeys: v.exactOptional(truth),
      version,
    }),
    true,
    (operator, { username, challenge, revokeKeys, version, ...password }) =>
      credentials.setPassword(operator, username, password, { challenge, revokeKeys, version }),
  ),
  'accounts set-status': verb(
    fields({ ...who, status, version }),
    true,
    (operator, { username, status, version }) =>
      credentials.setStatus(operator, username, status, { version }),
  ),
  'accounts set-challenge': verb(
    fields({ ...who, on: truth, version }),
    true,
    (operator, { username, on, version }) => credentials.setChallenge(operator, username, on, { version }),
  ),
  'accounts set-upstream-key': verb(
    fields({ ...who, secret: v.nullable(secret), version }),
    true,
    (operator, { username, secret, version }) =>
      credentials.setUpstreamKey(operator, username, secret, { version }),
  ),
  'accounts edit': verb(
    fields({ ...who, fields: anything, version }),
    true,
    (operator, { username, fields, version }) =>
      accounts.editAccount(operator, username, fields, { version }),
  ),
  'accounts remove': verb(fields(who), true, (operator, input) =>
    accounts.removeAccount(operator, input.username),
  ),
  'sessions list': verb(listSessionsInput, false, (operator, { username, after, limit }) =>
    sessions.listSessions(operator, username, after, limit),
  ),
  'sessions expire': verb(expireInput, true, (operator, input) =>
    input.ids
      ? sessions.expireSessions(operator, input.username, input.ids)
      : sessions.expireAllSessions(operator, input.username),
  ),
  'keys add': verb(fields({ ...who, name: text(100, 1) }), true, (operator, input) =>
    keys.addKey(operator, input.username, input.name),
  ),
  'keys list': verb(fields(who), false, (operator, input) => keys.listKeys(operator, input.username)),
  'keys revoke': verb(fields({ ...who, key: text(100, 1) }), true, (operator, input) =>
    keys.revokeKey(operator, input.username, input.key),
  ),
  'bans list': verb(selection, false, bans.listBans),
  'bans lift': verb(selection, true, bans.liftBans),
} satisfies Readonly<Record<string, Verb<unknown, BanOperator>>>;
