/** Accounts as JSON Lines: what one line may say. */
import * as v from 'valibot';
import { emptyPassword, type Md5Hex, md5Hex, parseMd5Hex } from '../auth/digest.ts';
import { statuses, userIdOf } from './account.ts';
import {
  anyUsername,
  distinct,
  type Fault,
  faultsOf,
  fields,
  list,
  maxInt,
  parsedBy,
  reasonOf,
  text,
  truth,
  visibleName,
  wants,
  webUrl,
  whole,
} from './validation.ts';

const userid = v.pipe(whole(1, maxInt), v.transform(userIdOf));

const friendGroup = fields({
  id: whole(1, 30),
  name: text(255, 1),
  /** 50 is the default of the old servers. */
  sortorder: v.optional(whole(0, 255), 50),
  public: v.optional(truth, false),
});

const picture = fields({ keyword: text(255, 1), url: webUrl });

/** Reasons about secrets do not quote them: they end up in terminals and tickets. */
const secretText = v.string('must be text');

const password = v.pipe(
  secretText,
  v.minLength(1, 'must not be empty'),
  v.maxLength(1000, 'must be at most 1000 characters long'),
);

/** Old sites store the digest of an empty password for accounts that nobody may log in to. */
const passwordMd5 = v.pipe(
  secretText,
  parsedBy(parseMd5Hex, 'must be 32 hexadecimal digits'),
  v.check((digest) => digest !== emptyPassword, 'must not be the digest of an empty password'),
);

/** bcrypt as Unix and Dreamwidth write it. Each step of cost doubles the time: beyond 14 it is seconds. */
const passwordBcrypt = v.pipe(
  secretText,
  v.regex(
    /^\$2[aby]\$(0[4-9]|1[0-4])\$[./A-Za-z0-9]{53}$/,
    'must be a bcrypt hash ($2a$, $2b$ or $2y$, cost 04 to 14)',
  ),
);

/** Stored under a fast digest, so it has to be a generated secret, not a chosen one. */
const keySecret = v.pipe(
  secretText,
  v.minLength(16, 'must be at least 16 characters long'),
  v.maxLength(200, 'must be at most 200 characters long'),
);

/** A log-in by challenge tries each of them. */
export const maxClientKeys = 50;

const clientKey = fields({ name: visibleName(100), secret: keySecret });

/** What one line may say. */
export const accountLine = v.pipe(
  fields({
    username: anyUsername,
    userid: v.exactOptional(userid),
    fullname: v.exactOptional(text(255)),
    password: v.exactOptional(password),
    passwordMd5: v.exactOptional(passwordMd5),
    passwordBcrypt: v.exactOptional(passwordBcrypt),
    status: v.optional(v.picklist(statuses, wants(`one of ${statuses.join(', ')}`)), 'active'),
    message: v.exactOptional(text(2000)),
    friendgroups: v.optional(
      v.pipe(
        list(friendGroup, 30),
        distinct('id', ({ id }) => id),
      ),
      [],
    ),
    usejournals: v.optional(
      v.pipe(
        list(anyUsername, 5000),
        v.transform((names) => [...new Set(names)]),
      ),
      [],
    ),
    pictures: v.optional(
      v.pipe(
        list(picture, 1000),
        distinct('keyword', ({ keyword }) => keyword),
      ),
      [],
    ),
    /** Empty: none, as in the login result. */
    defaultpicurl: v.exactOptional(v.union([v.literal(''), webUrl], wants('an http or https URL'))),
    fastserver: v.optional(truth, false),
    caps: v.optional(whole(0, maxInt), 0),
    clientkeys: v.optional(
      v.pipe(
        list(clientKey, maxClientKeys),
        distinct('name', ({ name }) => name),
      ),
      [],
    ),
    challenge: v.optional(truth, true),
    /** The account's own secret at the site behind, of which only the digest is used. @see PROTOCOL §10 */
    upstreamKey: v.exactOptional(
      v.pipe(
        password,
        v.transform((secret) => md5Hex(secret)),
      ),
    ),
  }),
  v.check(
    ({ password, passwordMd5, passwordBcrypt }) =>
      [password, passwordMd5, passwordBcrypt].filter((value) => value !== undefined).length <= 1,
    'password, passwordMd5, passwordBcrypt: no more than one must be given',
  ),
);

/** A line as it is written: only `username` is required. */
export type AccountJson = v.InferInput<typeof accountLine>;

/** A line that was checked: names are canonical, what was left out has its default. */
export type AccountLine = v.InferOutput<typeof accountLine>;

/** A line, or why it is none: the first fault as one clause, and all of them. */
export type ParsedLine =
  | { readonly ok: true; readonly line: AccountLine }
  | { readonly ok: false; readonly reason: string; readonly faults: readonly Fault[] };

/** Checks one line, already parsed as JSON. The reason names the field and never quotes a secret. */
export function parseAccountLine(value: unknown): ParsedLine {
  const result = v.safeParse(accountLine, value, { abortPipeEarly: true });
  if (result.success) return { ok: true, line: result.output };
  return { ok: false, reason: reasonOf(result.issues), faults: faultsOf(result.issues) };
}

/** md5_hex of the password that a line gives, plain or as a digest. */
export function digestIn(line: Pick<AccountLine, 'password' | 'passwordMd5'>): Md5Hex | undefined {
  return line.password === undefined ? line.passwordMd5 : md5Hex(line.password);
}
