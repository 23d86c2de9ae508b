/** A site that moves from store to store: its people, and whether what they have still lets them in. */
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import type { Username } from '../../../core/accounts/username.ts';
import { md5Hex } from '../../../core/auth/digest.ts';
import { compose, createOperator, createSettings, type Platform } from '../../../infra/compose.ts';
import { exportRecords } from '../../../infra/operations/export-records.ts';
import { importAccounts } from '../../../infra/operations/import-accounts.ts';
import { importRecords } from '../../../infra/operations/import-records.ts';
import { createHasher } from '../../../infra/passwords/argon2.ts';
import { generateKeyring, parseKeyring } from '../../../infra/secrets/keyring.ts';
import { decryptStream, encryptStream, type Passphrase } from '../../../infra/secrets/passphrase.ts';
import { createSealer } from '../../../infra/secrets/sealer.ts';
import { recordUse } from '../../../infra/secrets/secret-use.ts';
import type { OpenStore } from '../../../infra/stores/open-store.ts';

/** As a key in a file: stretching a passphrase takes seconds. */
const passphrase: Passphrase = { kind: 'key', text: 'as if it were 256 random bits' };

const cheap = { memoryCost: 64, queue: Number.POSITIVE_INFINITY, longestWait: Number.POSITIVE_INFINITY };

const platform: Platform = {
  createHasher: (keys) => createHasher(keys, cheap),
  createSealer,
  createBcryptVerifier: () => ({ matches: async () => false }),
};

/** An operator of a store with a root secret of its own. */
export function operatorOf(store: OpenStore, secret = generateKeyring().reveal()) {
  let text = secret;
  const source = {
    description: 'text in memory',
    settle: 0,
    read: async () => parseKeyring(text),
    async change(edit: (now: ReturnType<typeof parseKeyring>) => ReturnType<typeof parseKeyring>) {
      text = edit(parseKeyring(text)).reveal();
      return parseKeyring(text);
    },
    alone: <T>(work: () => Promise<T>) => work(),
  };
  const unlock = async () => {
    const keys = parseKeyring(text);
    return recordUse({ hasher: platform.createHasher(keys), sealer: createSealer(keys) }, store.secretIds);
  };
  return createOperator({ store, source, unlock, bans: createSettings().bans, configuration: [] });
}

export type SiteOperator = ReturnType<typeof operatorOf>;

/** Somebody of the site, with all that lets him in. `session`: its cookie. */
export interface Person {
  readonly username: Username;
  readonly password: string;
  readonly key: string;
  readonly session: string;
  /** Whether his password serves challenges. */
  readonly challenge: boolean;
}

async function gatewayOf(operator: SiteOperator) {
  const keys = await operator.source.read();
  // Nothing is remembered, and no password is made stronger: each log-in takes what was moved.
  const settings = createSettings({ loginBan: 'off', sessionRate: 'off' });
  return compose(platform, operator.store, keys, { remember: 0, settings }).gateway;
}

type SiteGateway = Awaited<ReturnType<typeof gatewayOf>>;

async function call(
  gateway: SiteGateway,
  method: 'login' | 'sessiongenerate',
  username: Username,
  args: Readonly<Record<string, string>>,
  cookie?: string,
) {
  const context = { address: '192.0.2.1', cookie, ljAuth: cookie && 'cookie', agent: undefined };
  return gateway.answer({ method, username, args: new Map(Object.entries(args)), context });
}

/** Fills a store with people. */
export async function populate(operator: SiteOperator, count: number): Promise<readonly Person[]> {
  const people = Array.from({ length: count }, (_, i) => ({
    username: `person_${i}` as Username,
    password: `password of ${i}`,
    key: `a client key of ${i}`,
    challenge: i % 5 > 0,
  }));
  const lines = people.map(({ username, password, key, challenge }) =>
    JSON.stringify({
      username,
      password,
      challenge,
      fullname: `☃ ${username}`,
      clientkeys: [{ name: 'laptop', secret: key }],
    }),
  );
  const chunks = (async function* () {
    yield new TextEncoder().encode(lines.join('\n'));
  })();
  await importAccounts(operator, chunks, { onConflict: 'fail', dryRun: false });
  const gateway = await gatewayOf(operator);
  return Promise.all(
    people.map(async (person) => {
      const { username, password } = person;
      const answer = await call(gateway, 'sessiongenerate', username, { password, expiration: 'long' });
      if (!answer.ok || answer.value.method !== 'sessiongenerate')
        throw new Error(`${username} has no session`);
      return { ...person, session: answer.value.value.ljsession };
    }),
  );
}

/** Moves everything from one store to another; gives the counts, and what went between. */
export async function move(from: SiteOperator, to: SiteOperator) {
  const file = await exportOf(from);
  return { file, counts: await bring(to, file) };
}

/** The bytes of an export. */
export async function exportOf(from: SiteOperator): Promise<Uint8Array> {
  return buffer(Readable.from(exportRecords(from, passphrase)));
}

/** Imports such bytes, in pieces. */
export function bring(to: SiteOperator, file: Uint8Array, opening = passphrase) {
  const chunks = (async function* () {
    for (let at = 0; at < file.length; at += 50_000) yield file.subarray(at, at + 50_000);
  })();
  return importRecords(to, chunks, { passphrase: opening });
}

const streamOf = (bytes: Uint8Array) => new Response(Buffer.from(bytes)).body ?? new ReadableStream();

/** The lines of an export, as its owner reads them. */
export async function linesIn(file: Uint8Array): Promise<readonly string[]> {
  const plain = await buffer(Readable.from(decryptStream(streamOf(file), passphrase)));
  return plain.toString('utf8').trimEnd().split('\n');
}

/** An export of such lines, as only somebody who has the passphrase can make it. */
export async function exportWith(lines: readonly string[]): Promise<Uint8Array> {
  const plain = streamOf(Buffer.from(lines.map((line) => `${line}\n`).join('')));
  return buffer(Readable.from(await encryptStream(plain, passphrase)));
}

/** Who is not let in by what: empty where everybody's password, key, challenges and session hold. */
export async function lockedOut(
  operator: SiteOperator,
  people: readonly Person[],
): Promise<readonly string[]> {
  const gateway = await gatewayOf(operator);
  const challenge = async (secret: string) => {
    const context = { address: undefined, cookie: undefined, ljAuth: undefined, agent: undefined };
    const answer = await gateway.answer({ method: 'getchallenge', args: new Map(), context });
    if (!answer.ok || answer.value.method !== 'getchallenge') throw new Error('there is no challenge');
    const given = answer.value.value.challenge;
    const auth_response = md5Hex(given + md5Hex(secret));
    return { auth_method: 'challenge', auth_challenge: given, auth_response };
  };
  const failures = await Promise.all(
    people.map(async ({ username, password, key, session, challenge: serves }) => {
      const ways = {
        password: [{ password }, true],
        'wrong password': [{ password: `${password} ` }, false],
        'challenge by password': [await challenge(password), serves],
        key: [{ password: key }, true],
        'challenge by key': [await challenge(key), true],
      } as const;
      const found: string[] = [];
      for (const [way, [args, holds]] of Object.entries(ways)) {
        if ((await call(gateway, 'login', username, args)).ok !== holds) found.push(`${username}: ${way}`);
      }
      const byCookie = await call(
        gateway,
        'login',
        username,
        { auth_method: 'cookie' },
        `ljsession=${session}`,
      );
      return byCookie.ok ? found : [...found, `${username}: session`];
    }),
  );
  return failures.flat();
}
