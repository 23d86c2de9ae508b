/** Accounts as JSON: the form in which every store holds them. */
import * as v from 'valibot';
import { StoreFailed } from '../failures.ts';
import { type Account, type ClientKey, clientKeyIdOf, isClientKeyId, statuses, userIdOf } from './account.ts';
import { canonicalUsername } from './username.ts';
import { parsedBy, wrongPlaces } from './validation.ts';

/** Free text; half a surrogate pair, which no store can hold, becomes U+FFFD. */
const text = v.pipe(
  v.string(),
  v.transform((chars) => chars.toWellFormed()),
);

const seconds = v.pipe(v.number(), v.integer(), v.minValue(0));

const username = v.pipe(v.string(), parsedBy(canonicalUsername, 'not a canonical username'));

const clientKeyId = v.pipe(v.string(), v.check(isClientKeyId, 'not a client key id'));

const verifier = v.object({ phc: v.string(), secret: v.string() });

const password = v.variant('accepts', [
  v.object({
    accepts: v.literal('anyForm'),
    verifier,
    sealed: v.string(),
    replaced: v.exactOptional(v.string()),
  }),
  v.object({ accepts: v.literal('plainOnly'), verifier, replaced: v.exactOptional(v.string()) }),
  v.object({
    accepts: v.literal('plainOnce'),
    bcrypt: v.string(),
    becomes: v.picklist(['anyForm', 'plainOnly']),
  }),
]);

const clientKey = v.object({
  name: text,
  digest: v.string(),
  sealed: v.string(),
  created: seconds,
  lastUsed: v.exactOptional(seconds),
});

const friendGroup = v.object({
  id: v.pipe(v.number(), v.integer()),
  name: text,
  sortorder: v.pipe(v.number(), v.integer()),
  public: v.boolean(),
});

const plainAccount = v.object({
  username,
  userid: v.pipe(v.number(), v.integer(), v.minValue(1), v.transform(userIdOf)),
  fullname: text,
  status: v.picklist(statuses),
  generation: seconds,
  created: seconds,
  message: v.exactOptional(text),
  friendgroups: v.array(friendGroup),
  usejournals: v.array(text),
  pictures: v.array(v.object({ keyword: text, url: text })),
  defaultpicurl: v.exactOptional(text),
  fastserver: v.boolean(),
  caps: v.pipe(v.number(), v.integer()),
  password: v.exactOptional(password),
  clientKeys: v.record(clientKeyId, clientKey),
  upstreamKey: v.exactOptional(v.string()),
});

/**
 * An account as JSON. Client keys are an object by id, so that a store can note the use of one
 * with a single conditional update; `generation` is a top-level number, so that it can be counted up.
 */
export type PlainAccount = v.InferInput<typeof plainAccount>;

/**
 * An account in its stored form.
 * @throws {StoreFailed} for an account that could not be read back
 */
export function encodeAccount(account: Account): PlainAccount {
  const clientKeys = Object.fromEntries(account.clientKeys.map(({ id, ...key }) => [id, key]));
  const plain = { ...account, clientKeys };
  return check(plain, () => account.username);
}

/**
 * Reads a stored account; unknown members are dropped. Client keys are in the order in which they were
 * made.
 * @throws {StoreFailed} naming the account when the record is not one
 */
export function decodeAccount(plain: unknown): Account {
  const { clientKeys, ...rest } = check(plain, () => nameIn(plain));
  const keys = Object.entries(clientKeys).map(([id, key]): ClientKey => ({ id: clientKeyIdOf(id), ...key }));
  keys.sort((a, b) => a.created - b.created || (a.id < b.id ? -1 : 1));
  return { ...rest, clientKeys: keys };
}

function check(plain: unknown, name: () => string): v.InferOutput<typeof plainAccount> {
  const result = v.safeParse(plainAccount, plain, { abortPipeEarly: true });
  if (result.success) return result.output;
  const cause = wrongPlaces(result.issues);
  throw new StoreFailed(`the record of account ${name()} is malformed`, { cause });
}

function nameIn(plain: unknown): string {
  return v.is(v.object({ username: text }), plain) ? JSON.stringify(plain.username) : '(without a name)';
}
