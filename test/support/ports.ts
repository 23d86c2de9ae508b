/** Ports for tests: a clock that stands still, cheap hashing, sealing that can be read. */
import { sha256 } from '@noble/hashes/sha2.js';
import { utf8ToBytes } from '@noble/hashes/utils.js';
import type {
  Account,
  ClientKey,
  ClientKeyId,
  SealPurpose,
  UserId,
  Verifier,
} from '../../core/accounts/account.ts';
import type { Username } from '../../core/accounts/username.ts';
import { type Md5Hex, md5Hex, parseMd5Hex, sha256Hex } from '../../core/auth/digest.ts';
import type {
  ChallengeKeys,
  Clock,
  PasswordHasher,
  Ports,
  Randomness,
  Sealer,
  Store,
} from '../../core/ports.ts';
import { openSqliteInMemory } from '../../infra/stores/sqlite/sqlite-store.ts';

/** A clock that only the test moves. */
export interface TestClock extends Clock {
  set(ms: number): void;
  advance(ms: number): void;
}

/** A clock that stands still, at Unix milliseconds. */
export function testClock(startMs = 1_800_000_000_000): TestClock {
  let time = startMs;
  return {
    now: () => time,
    set(ms) {
      time = ms;
    },
    advance(ms) {
      time += ms;
    },
  };
}

/** Bytes that look random, never repeat, and are the same in every run with the same seed. */
export function testRandom(seed = 'test'): Randomness {
  let drawn = 0;
  return {
    bytes(count) {
      const bytes = new Uint8Array(count);
      for (let at = 0; at < count; at += 32) {
        bytes.set(sha256(utf8ToBytes(`${seed}:${drawn++}`)).subarray(0, count - at), at);
      }
      return bytes;
    },
  };
}

/** A verifier as `testHasher` makes them, or made with older parameters. */
export function testVerifier(digest: Md5Hex, age: 'current' | 'outdated' = 'current'): Verifier {
  return { phc: `$sha256$${age}$${sha256Hex(digest)}`, secret: 'test' };
}

/** One SHA-256 instead of argon2. Verifiers marked `outdated` are reported so. */
export function testHasher(): PasswordHasher {
  return {
    hash: async (digest) => testVerifier(digest),
    verify: async ({ phc }, digest) => phc.endsWith(`$${sha256Hex(digest)}`),
    isOutdated: ({ phc }) => phc.includes('$outdated$'),
  };
}

/** Seals in plain sight, but for its account and purpose alone. */
export function testSealer() {
  const head = (account: Username, purpose: SealPurpose) => `sealed|${account}|${purpose}|`;
  return {
    seal: (digest: Md5Hex, account: Username, purpose: SealPurpose) => head(account, purpose) + digest,
    open(sealed: string, account: Username, purpose: SealPurpose) {
      const start = head(account, purpose);
      return sealed.startsWith(start) ? parseMd5Hex(sealed.slice(start.length)) : undefined;
    },
  } satisfies Sealer;
}

/** One key, `test`, that is always the same. */
function testChallengeKeys(): ChallengeKeys {
  const key = sha256(utf8ToBytes('challenge key of the tests'));
  return {
    current: () => ({ id: 'test', key }),
    byId: (id) => (id === 'test' ? key : undefined),
    find: async () => 'unknown',
  };
}

/** Everything that a gateway is plugged into, over a store or an empty one in memory. */
export function testPorts(store: Store = openSqliteInMemory(), overrides: Partial<Ports> = {}): Ports {
  const { records, accounts, sessions, spent, refused, secretIds } = store;
  return {
    records,
    accounts,
    sessions,
    spent,
    refused,
    secretIds,
    clock: testClock(),
    random: testRandom(),
    challengeKeys: testChallengeKeys(),
    hasher: testHasher(),
    bcrypt: { matches: async (bcrypt, password) => bcrypt === `test:${new TextDecoder().decode(password)}` },
    sealer: testSealer(),
    ...overrides,
  };
}

/** The account `test`, userid 3, password `test` in any form: for the ports above. */
export function testAccount(overrides: Partial<Account> = {}): Account {
  const username = overrides.username ?? ('test' as Username);
  const digest = md5Hex('test');
  return {
    username,
    userid: 3 as UserId,
    fullname: 'Test Account',
    status: 'active',
    generation: 0,
    created: 1_700_000_000,
    friendgroups: [],
    usejournals: [],
    pictures: [],
    fastserver: false,
    caps: 0,
    password: {
      accepts: 'anyForm',
      verifier: testVerifier(digest),
      sealed: testSealer().seal(digest, username, 'password'),
    },
    clientKeys: [],
    ...overrides,
  };
}

/** A client key of the account `test`, named by its id. */
export function clientKey(id: string, secret: string): ClientKey {
  const digest = md5Hex(secret);
  const sealed = testSealer().seal(digest, 'test' as Username, `client-key:${id}`);
  return { id: id as ClientKeyId, name: id, digest: sha256Hex(digest), sealed, created: 1 };
}
