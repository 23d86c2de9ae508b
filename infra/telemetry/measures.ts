/** What one request cost: its store and hash time, found by ports that time themselves. */
import { requestContext } from '#request-context';
import type { PasswordHasher, Store } from '../../core/ports.ts';

/** Measures of one request. Times in ms; NaN where the runtime could not tell requests apart. */
export interface Measures {
  /** Time with at least one store request under way: parallel ones are not added up. */
  storeMs: number;
  /** Time spent on password hashes, waiting for the queue included. */
  hashMs: number;
  /** Passwords that were found in memory and needed no hash. */
  remembered: number;
}

interface Tally extends Measures {
  underWay: number;
  since: number;
}

const current = requestContext<Tally>((tally) => {
  tally.storeMs = tally.hashMs = tally.remembered = Number.NaN;
});

/** Runs a request's work and gives its measures beside its result. */
export async function measured<T>(work: () => Promise<T>): Promise<readonly [T, Measures]> {
  const tally: Tally = { storeMs: 0, hashMs: 0, remembered: 0, underWay: 0, since: 0 };
  const value = await current.run(tally, work);
  const { storeMs, hashMs, remembered } = tally;
  return [value, { storeMs, hashMs, remembered }];
}

/** Notes that a password was found in memory. */
export function noteRemembered(): void {
  const tally = current.getStore();
  if (tally) tally.remembered++;
}

/** A store whose requests are timed. */
export function timedStore<S extends Store>(store: S): S {
  const { records, accounts, sessions, spent, refused } = store;
  return {
    ...store,
    records: { read: (query) => timed(() => records.read(query)) },
    accounts: {
      ...accounts,
      endSessions: (username) => timed(() => accounts.endSessions(username)),
      replaceVerifier: (...change) => timed(() => accounts.replaceVerifier(...change)),
      noteKeyUse: (...use) => timed(() => accounts.noteKeyUse(...use)),
    },
    sessions: {
      ...sessions,
      add: (session) => timed(() => sessions.add(session)),
      expire: (...ids) => timed(() => sessions.expire(...ids)),
    },
    spent: {
      async spend(...challenge) {
        const { outcome, safe } = await timed(() => spent.spend(...challenge));
        if (!safe) return { outcome };
        const waited = timed(() => safe);
        // A call that is refused does not wait for it.
        waited.catch(() => undefined);
        return { outcome, safe: waited };
      },
    },
    refused: { count: (...entries) => timed(() => refused.count(...entries)) },
  };
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
