/**
 * The verbs that take an event and give an answer, for the command line and the admin function
 * alike: what each wants, what it does, and whether it changes anything.
 */
import * as v from 'valibot';
import { statuses } from '../../core/account.ts';
import { fields, list, reasonOf, text, truth, wants, whole } from '../../core/checks.ts';
import type { SessionId } from '../../core/session.ts';
import { parseUsername, type Username } from '../../core/username.ts';
import type { SecretSource } from '../secrets/source.ts';
import type { Finding } from '../store/open-store.ts';
import * as accounts from './accounts.ts';
import * as credentials from './credentials.ts';
import { diagnose } from './doctor.ts';
import { importAccounts } from './import.ts';
import * as keys from './keys.ts';
import type { Operator } from './operator.ts';
import { secretStatus } from './rotation.ts';
import * as sessions from './sessions.ts';
import type { AccountRow } from './views.ts';

/** What verbs work with. */
export interface Desk extends Operator {
  readonly source: SecretSource;
  /** What the entry point found about its own settings. */
  readonly configuration: readonly Finding[];
}

/** A verb. */
export interface Verb<Result = unknown> {
  /** Whether it writes anything that lasts. */
  readonly changes: boolean;
  /**
   * Checks the input, then does it.
   * @throws {WrongInput} before anything is done
   * @throws {Refused | StoreUnavailable | StoreFailed}
   */
  run(desk: Desk, input: unknown): Promise<Result>;
}

/** The input was wrong: used wrongly, not failed. */
export class WrongInput extends Error {
  override name = 'WrongInput';
}

const username = v.pipe(
  v.string(wants('text')),
  v.check(
    (name) => parseUsername(name) !== undefined,
    wants('1 to 25 letters, digits, hyphens or underscores'),
  ),
  v.transform((name) => parseUsername(name) as Username),
);

const who = { username };
const status = v.picklist(statuses, wants(`one of ${statuses.join(', ')}`));
const secret = v.string('must be text');
const anything = v.looseObject({}, 'must be an object');
const newPassword = {
  password: v.exactOptional(secret),
  passwordMd5: v.exactOptional(secret),
  generate: v.exactOptional(v.literal(true, 'must be true')),
};

function verb<Schema extends v.GenericSchema, Result>(
  schema: Schema,
  changes: boolean,
  run: (desk: Desk, input: v.InferOutput<Schema>) => Promise<Result>,
): Verb<Result> {
  return {
    changes,
    async run(desk, input) {
      const checked = v.safeParse(schema, input, { abortPipeEarly: true });
      if (!checked.success) throw new WrongInput(reasonOf(checked.issues));
      return run(desk, checked.output);
    },
  };
}

/** A list through a door that answers at once, cut where an answer gets too long. */
const mostListed = 1000;

async function listed(desk: Desk, selection: accounts.Selection) {
  const limit = Math.min(selection.limit ?? 100, mostListed);
  const rows: AccountRow[] = [];
  for await (const row of accounts.listAccounts(desk, { ...selection, limit: limit + 1 })) rows.push(row);
  return { accounts: rows.slice(0, limit), more: rows.length > limit };
}

/** Past this an import belongs to the command line, which streams. */
const mostImported = 100;

async function imported(desk: Desk, { lines, onConflict, dryRun }: ImportInput) {
  if (lines.length > mostImported) {
    throw new WrongInput(
      `lines: must hold at most ${mostImported}; bring more in with the command line: ljgate import FILE`,
    );
  }
  const text = lines.map((line) => `${JSON.stringify(line)}\n`).join('');
  const refusedLines: object[] = [];
  const counts = await importAccounts(desk, once(new TextEncoder().encode(text)), {
    onConflict,
    dryRun,
    onRefused: (line) => refusedLines.push(line),
  });
  const { bytes: _, ...summary } = counts;
  return { ...summary, refusedLines };
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

const importInput = fields({
  lines: v.array(anything, 'must be a list of accounts'),
  onConflict: v.optional(v.picklist(['skip', 'update', 'fail'], wants('skip, update or fail')), 'skip'),
  dryRun: v.optional(truth, false),
});
type ImportInput = v.InferOutput<typeof importInput>;

const ids = v.pipe(
  list(whole(1, 2 ** 31 - 1), 1000),
  v.minLength(1, 'must not be empty'),
  v.transform((numbers) => numbers as SessionId[]),
);

const expireInput = v.pipe(
  fields({ ...who, ids: v.exactOptional(ids), all: v.exactOptional(v.literal(true, 'must be true')) }),
  v.check((input) => (input.ids === undefined) !== (input.all === undefined), 'ids, all: one must be given'),
);

/** Every verb by its name. */
export const verbs = {
  'accounts add': verb(
    v.looseObject({ username, generate: v.exactOptional(v.literal(true)) }, 'must be an object'),
    true,
    (desk, account) => accounts.addAccount(desk, account),
  ),
  'accounts show': verb(fields(who), false, (desk, input) => accounts.showAccount(desk, input.username)),
  'accounts list': verb(
    fields({
      status: v.exactOptional(status),
      match: v.exactOptional(text(25)),
      limit: v.exactOptional(whole(1, mostListed)),
    }),
    false,
    listed,
  ),
  'accounts set-password': verb(
    fields({ ...who, ...newPassword, challenge: v.exactOptional(truth) }),
    true,
    (desk, { username, challenge, ...given }) => credentials.setPassword(desk, username, given, challenge),
  ),
  'accounts set-status': verb(fields({ ...who, status }), true, (desk, input) =>
    credentials.setStatus(desk, input.username, input.status),
  ),
  'accounts set-challenge': verb(fields({ ...who, on: truth }), true, (desk, input) =>
    credentials.setChallenge(desk, input.username, input.on),
  ),
  'accounts edit': verb(fields({ ...who, fields: anything }), true, (desk, input) =>
    accounts.editAccount(desk, input.username, input.fields),
  ),
  'accounts remove': verb(fields(who), true, (desk, input) => accounts.removeAccount(desk, input.username)),
  'sessions list': verb(fields(who), false, (desk, input) => sessions.listSessions(desk, input.username)),
  'sessions expire': verb(expireInput, true, (desk, input) =>
    input.ids
      ? sessions.expireSessions(desk, input.username, input.ids)
      : sessions.expireAllSessions(desk, input.username),
  ),
  'keys add': verb(fields({ ...who, name: text(100, 1) }), true, (desk, input) =>
    keys.addKey(desk, input.username, input.name),
  ),
  'keys list': verb(fields(who), false, (desk, input) => keys.listKeys(desk, input.username)),
  'keys revoke': verb(fields({ ...who, key: text(100, 1) }), true, (desk, input) =>
    keys.revokeKey(desk, input.username, input.key),
  ),
  import: verb(importInput, true, imported),
  'tables check': verb(fields({}), false, (desk) => desk.store.inspect()),
  doctor: verb(fields({}), false, (desk) => diagnose(desk, desk.source, desk.configuration)),
  'secrets status': verb(fields({}), false, (desk) => secretStatus(desk, desk.source)),
} satisfies Readonly<Record<string, Verb>>;

/** A verb's name. */
export type VerbName = keyof typeof verbs;

/** Recognises a verb. */
export function isVerb(name: string): name is VerbName {
  return Object.hasOwn(verbs, name);
}
