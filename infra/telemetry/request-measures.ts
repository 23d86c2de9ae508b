/** The store and hash time of one request, measured by wrapped ports. */
import { requestContext } from '#request-context';
import type { PasswordHasher, Store } from '../../core/ports.ts';

/** Measures of one request. Times in ms; NaN where the runtime could not tell requests apart. */
export interface Measures {
  /** Time with at least one store request in progress: parallel requests are not added up. */
  storeMs: number;
  /** Time of password hashes, including the wait in the queue. */
  hashMs: number;
  /** Passwords found in the cache, which needed no hash. */
  remembered: number;
}

interface Tally extends Measures {
  underWay: number;
  since: number;
}

const current = requestContext<Tally>((tally) => {
  tally.storeMs = tally.hashMs = tally.remembered = Number.NaN;
});

/** Runs a request's work, and returns its result and its measures. */
export async function measured<T>(work: () => Promise<T>): Promise<readonly [T, Measures]> {
  const tally: Tally = { storeMs: 0, hashMs: 0, remembered: 0, underWay: 0, since: 0 };
  const value = await current.run(tally, work);
  const { storeMs, hashMs, remembered } = tally;
  return [value, { storeMs, hashMs, remembered }];
}

/** Counts a password that was found in the cache. */
export function noteRemembered(): void {
  const tally = current.getStore();
  if (tally) tally.remembered++;
}

/** A store whose requests are timed. */
export function timedStore<S extends Store>(store: S): S {
  const { records, accounts, sessions, spent, refused, secretIds } = store;
  // Without spreads, so that a new method of a port does not compile until it is timed here.
  const ports: Store = {
    records: { read: (query) => timed(() => records.read(query)) },
    accounts: {
      add: (account) => timed(() => accounts.add(account)),
      endSessions: (username) => timed(() => accounts.endSessions(username)),
      replaceVerifier: (...change) => timed(() => accounts.replaceVerifier(...change)),
      replaceBcrypt: (...change) => timed(() => accounts.replaceBcrypt(...change)),
      noteKeyUse: (...use) => timed(() => accounts.noteKeyUse(...use)),
    },
    sessions: {
      add: (session) => timed(() => sessions.add(session)),
      expire: (...ids) => timed(() => sessions.expire(...ids)),
      noteUse: (...use) => timed(() => sessions.noteUse(...use)),
    },
    spent: { ...spent, spend: (...challenge) => timed(() => spent.spend(...challenge)) },
    refused: { count: (...entries) => timed(() => refused.count(...entries)) },
    secretIds: {
      list: () => timed(() => secretIds.list()),
      add: (ids) => timed(() => secretIds.add(ids)),
      remove: (ids) => timed(() => secretIds.remove(ids)),
    },
  };
  return { ...store, ...ports };
}

async function timed<T>(request: () => Promise<T>): Promise<T> {
  const tally = current.getStore();
  if (!tally) return request();
  if (tally.underWay++ === 0) tally.since = performance.now();
  try {
    return await request();
  } finally {
    if (--tally.underWay === 0) tally.storeMs += performance.now() - tally.since;
  }
}

/** A hasher whose hashes are timed. */
export function timedHasher(hasher: PasswordHasher): PasswordHasher {
  const hashing = async <T>(work: () => Promise<T>): Promise<T> => {
    const start = performance.now();
    try {
      return await work();
    } finally {
      const tally = current.getStore();
      if (tally) tally.hashMs += performance.now() - start;
    }
  };
  return {
    hash: (digest) => hashing(() => hasher.hash(digest)),
    verify: (verifier, digest) => hashing(() => hasher.verify(verifier, digest)),
    isOutdated: (verifier) => hasher.isOutdated(verifier),
  };
}
