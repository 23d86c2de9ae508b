/** Accounts as JSON Lines: what one line may say, and the account it makes. */
import * as v from 'valibot';
import {
  type Account,
  type ClientKey,
  type ClientKeyId,
  type HashedPassword,
  type Password,
  statuses,
  type UserId,
} from './account.ts';
import { distinct, fields, list, maxInt, reasonOf, text, truth, wants, webUrl, whole } from './checks.ts';
import { type Md5Hex, md5Hex, parseMd5Hex, readable, sha256Hex } from './digest.ts';
import type { Ports } from './ports.ts';
import { parseUsername, type Username } from './username.ts';

const username = v.pipe(
  v.string(wants('text')),
  v.check(
    (name) => parseUsername(name) !== undefined,
    wants('1 to 25 letters, digits, hyphens or underscores'),
  ),
  v.transform((name) => parseUsername(name) as Username),
);

const userid = v.pipe(
  whole(1, maxInt),
  v.transform((number) => number as UserId),
);

const friendGroup = fields({
  id: whole(1, 30),
  name: text(255, 1),
  /** 50 is where the old servers put a group that says nothing. */
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

/** Old sites hold this for accounts that nobody may log in to; here it would let anybody in. */
const noPassword = md5Hex('');

const passwordMd5 = v.pipe(
  secretText,
  v.check((digest) => parseMd5Hex(digest) !== undefined, 'must be 32 hexadecimal digits'),
  v.transform((digest) => parseMd5Hex(digest) as Md5Hex),
  v.check((digest) => digest !== noPassword, 'must not be the digest of an empty password'),
);

/** bcrypt as Unix and Dreamwidth write it. Every step of cost doubles the work: past 14 it is seconds. */
const passwordBcrypt = v.pipe(
  secretText,
  v.regex(
    /^\$2[aby]\$(0[4-9]|1[0-4])\$[./A-Za-z0-9]{53}$/,
    'must be a bcrypt hash ($2a$, $2b$ or $2y$, cost 04 to 14)',
  ),
);

/** Kept under a fast digest, so it has to be a generated secret, not a chosen one. */
const keySecret = v.pipe(
  secretText,
  v.minLength(16, 'must be at least 16 characters long'),
  v.maxLength(200, 'must be at most 200 characters long'),
);

/** Each of them is tried at a log-in by challenge. */
export const mostClientKeys = 50;

const clientKey = fields({ name: text(100, 1), secret: keySecret });

const accountLine = v.pipe(
  fields({
    username,
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
        list(username, 5000),
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
    /** Empty stands for none, as in the login result. */
    defaultpicurl: v.exactOptional(v.union([v.literal(''), webUrl], wants('an http or https URL'))),
    fastserver: v.optional(truth, false),
    caps: v.optional(whole(0, maxInt), 0),
    clientkeys: v.optional(
      v.pipe(
        list(clientKey, mostClientKeys),
        distinct('name', ({ name }) => name),
      ),
      [],
    ),
    challenge: v.optional(truth, true),
  }),
  v.check(
    ({ password, passwordMd5, passwordBcrypt }) =>
      [password, passwordMd5, passwordBcrypt].filter((given) => given !== undefined).length <= 1,
    'password, passwordMd5, passwordBcrypt: no more than one must be given',
  ),
);

/** A line as it is written: only `username` is required. */
export type AccountJson = v.InferInput<typeof accountLine>;

/** A line that was checked: names are canonical, what was left out has its default. */
export type AccountLine = v.InferOutput<typeof accountLine>;

/** Checks one line, already parsed as JSON. The reason names the field and never quotes a secret. */
export function parseAccountLine(
  value: unknown,
): { readonly ok: true; readonly line: AccountLine } | { readonly ok: false; readonly reason: string } {
  const result = v.safeParse(accountLine, value, { abortPipeEarly: true });
  return result.success ? { ok: true, line: result.output } : { ok: false, reason: reasonOf(result.issues) };
}

/** The ports that enrolment takes. */
export type EnrolmentPorts = Pick<Ports, 'hasher' | 'sealer' | 'random' | 'clock'>;

/**
 * Makes the account that a line describes; the line's own `userid` is for the caller to heed.
 * @throws {HasherBusy}
 */
export async function enrol(line: AccountLine, ports: EnrolmentPorts, userid: UserId): Promise<Account> {
  const { message, defaultpicurl } = line;
  const created = Math.floor(ports.clock.now() / 1000);
  const password = await passwordOf(line, ports);
  return {
    username: line.username,
    userid,
    fullname: line.fullname?.trim() ? line.fullname : line.username,
    status: line.status,
    // Later than any that an account of this name had before it was removed: its sessions stay dead.
    generation: created,
    created,
    ...(message && { message }),
    friendgroups: line.friendgroups,
    usejournals: line.usejournals,
    pictures: line.pictures,
    ...(defaultpicurl && { defaultpicurl }),
    fastserver: line.fastserver,
    caps: line.caps,
    ...(password && { password }),
    clientKeys: await Promise.all(
      line.clientkeys.map((key) => clientKeyOf(key, line.username, created, ports)),
    ),
  };
}

/** md5_hex of the password that a line gives, plain or as a digest. */
export function digestIn(line: Pick<AccountLine, 'password' | 'passwordMd5'>): Md5Hex | undefined {
  return line.password === undefined ? line.passwordMd5 : md5Hex(line.password);
}

async function passwordOf(line: AccountLine, ports: EnrolmentPorts): Promise<Password | undefined> {
  const becomes = line.challenge ? 'anyForm' : 'plainOnly';
  if (line.passwordBcrypt !== undefined) {
    return { accepts: 'plainOnce', bcrypt: line.passwordBcrypt, becomes };
  }
  const digest = digestIn(line);
  return digest === undefined ? undefined : hashPassword(digest, line.username, becomes, ports);
}

/**
 * A password from its digest.
 * @throws {HasherBusy}
 */
export async function hashPassword(
  digest: Md5Hex,
  owner: Username,
  accepts: HashedPassword['accepts'],
  { hasher, sealer }: Pick<Ports, 'hasher' | 'sealer'>,
): Promise<HashedPassword> {
  const verifier = await hasher.hash(digest);
  if (accepts === 'plainOnly') return { accepts, verifier };
  return { accepts, verifier, sealed: await sealer.seal(digest, owner, 'password') };
}

/** A client key from its secret. `created`: Unix seconds. */
export async function clientKeyOf(
  { name, secret }: AccountLine['clientkeys'][number],
  owner: Username,
  created: number,
  { random, sealer }: Pick<Ports, 'random' | 'sealer'>,
): Promise<ClientKey> {
  const id = readable(random.bytes(8)) as ClientKeyId;
  const digest = md5Hex(secret);
  const sealed = await sealer.seal(digest, owner, `client-key:${id}`);
  return { id, name, digest: sha256Hex(digest), sealed, created };
}
