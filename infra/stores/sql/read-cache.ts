/**
 * Caches reads: a client calls often, and little changes between its calls. A cached account, session or ban
 * entry is valid until this process changes it, or until the database says that another process wrote. Cached
 * records and freshly read records may differ in age by microseconds. That is safe: nobody can present a session
 * that was made after the call began.
 */
import { LRUCache } from 'lru-cache';
import type { Account } from '../../../core/accounts/account.ts';
import type { Username } from '../../../core/accounts/username.ts';
import type { RefusalKey } from '../../../core/auth/bans.ts';
import type { Records, RecordsQuery } from '../../../core/ports.ts';
import type { Session } from '../../../core/sessions/session.ts';
import type { SessionId } from '../../../core/sessions/session-string.ts';
import type { Rows, SqlDriver, Statement, WriteOptions } from './driver.ts';
import { cachedCharacters } from './rows.ts';

/** The records that are not cached. */
export interface MissingRecords extends Pick<RecordsQuery, 'sessions' | 'refusals'> {
  /** The owner of the sessions. */
  readonly owner: Username;
  /** Absent: the account is cached. */
  readonly account: Username | undefined;
}

/** The records that were read. */
export interface FoundRecords {
  /** Only the missing records. */
  readonly records: Records;
  /** Characters in the account's row; 0 where there is none. */
  readonly accountSize: number;
}

type ReadMissing = (missing: MissingRecords) => Promise<FoundRecords>;

/** What a write changes. */
export interface Change {
  readonly accounts?: readonly Username[];
  readonly owner?: Username;
  /** Of the owner's sessions. */
  readonly ids?: readonly SessionId[] | 'all';
  readonly keys?: readonly RefusalKey[];
}

/** Writes all or nothing, and removes what changes from the read cache. */
export type Write = (change: Change, work: readonly Statement[], options?: WriteOptions) => Promise<Rows>;

/** The reads of a store. */
export interface ReadCache {
  /** The records of a query. `readMissing` reads those that are not cached. */
  read(query: RecordsQuery, readMissing: ReadMissing): Promise<Records>;
  /** Call this when a write is committed. */
  forget(change: Change): void;
}

type CachedSession = Session | 'ended' | 'unknown';

/** A read in progress, and the names of records changed since it began: it may have read them before the change. */
interface Reading {
  readonly changed: Set<string>;
  outdated: boolean;
}

/** Names of accounts, sessions and refusals never collide: only a session's has a blank, only a refusal's an @. */
const sessionName = (owner: Username, id: SessionId | '') => `${owner} ${id}`;

/** Caches the reads of a driver that has `version`; with any other driver, caches nothing. */
export function createReadCache({ version }: SqlDriver): ReadCache {
  if (!version) {
    return {
      read: async (query, readMissing) => (await readMissing({ ...query, owner: query.account })).records,
      forget: () => undefined,
    };
  }
  const accounts = new LRUCache<string, { readonly account: Account | undefined }>({
    max: 1000,
    maxSize: cachedCharacters,
  });
  // A session has no more than 200 characters that its client chose.
  const sessions = new LRUCache<string, CachedSession>({ max: 5000 });
  const refusals = new LRUCache<string, readonly number[]>({
    max: 2000,
    maxSize: 1_000_000,
    sizeCalculation: (times) => 1 + times.length,
  });
  const readings: Reading[] = [];
  let seen: number | undefined;

  function forgetAll(): void {
    for (const cache of [accounts, sessions, refusals]) cache.clear();
    for (const reading of readings) reading.outdated = true;
  }

  function cacheFound(
    missing: MissingRecords,
    { records, accountSize }: FoundRecords,
    reading: Reading,
  ): void {
    const { changed, outdated } = reading;
    if (outdated) return;
    const { account, owner } = missing;
    if (account !== undefined && !changed.has(account)) {
      accounts.set(account, { account: records.account }, { size: 1 + accountSize });
    }
    for (const id of missing.sessions) {
      const name = sessionName(owner, id);
      if (!changed.has(name)) sessions.set(name, sessionIn(records, id));
    }
    for (const key of missing.refusals) {
      if (!changed.has(key)) refusals.set(key, records.refusals.get(key) ?? []);
    }
  }

  async function readAndCache(missing: MissingRecords, readMissing: ReadMissing): Promise<Records> {
    const reading: Reading = { changed: new Set(), outdated: false };
    readings.push(reading);
    try {
      const found = await readMissing(missing);
      cacheFound(missing, found, reading);
      return found.records;
    } finally {
      readings.splice(readings.indexOf(reading), 1);
    }
  }

  /** Slow but rare: called when an account is removed. */
  function forgetSessionsOf(owner: Username): void {
    const prefix = sessionName(owner, '');
    for (const name of [...sessions.keys()]) if (name.startsWith(prefix)) sessions.delete(name);
    for (const reading of readings) reading.outdated = true;
  }

  return {
    async read(query, readMissing) {
      if (accounts.size + sessions.size + refusals.size > 0) {
        const now = version();
        if (now !== seen) forgetAll();
        seen = now;
      }
      const owner = query.account;
      const cached = accounts.get(owner);
      const cachedSessions = query.sessions.map((id) => sessions.get(sessionName(owner, id)));
      const cachedTimes = query.refusals.map((key) => refusals.get(key));
      const missing: MissingRecords = {
        owner,
        account: cached ? undefined : owner,
        sessions: query.sessions.filter((_, i) => cachedSessions[i] === undefined),
        refusals: query.refusals.filter((_, i) => cachedTimes[i] === undefined),
      };
      const complete = cached && missing.sessions.length + missing.refusals.length === 0;
      const found = complete ? nothing : await readAndCache(missing, readMissing);
      return assemble(query, {
        account: cached ? cached.account : found.account,
        sessions: query.sessions.map((id, i) => cachedSessions[i] ?? sessionIn(found, id)),
        times: query.refusals.map((key, i) => cachedTimes[i] ?? found.refusals.get(key) ?? []),
      });
    },
    forget({ accounts: usernames = [], owner, ids = [], keys = [] }) {
      if (owner !== undefined && ids === 'all') forgetSessionsOf(owner);
      const names = owner === undefined || ids === 'all' ? [] : ids.map((id) => sessionName(owner, id));
      for (const username of usernames) accounts.delete(username);
      for (const name of names) sessions.delete(name);
      for (const key of keys) refusals.delete(key);
      for (const { changed } of readings) {
        for (const name of [...usernames, ...names, ...keys]) changed.add(name);
      }
    },
  };
}

const nothing: Records = {
  account: undefined,
  sessions: new Map(),
  ended: new Set(),
  refusals: new Map(),
};

function sessionIn({ sessions, ended }: Records, id: SessionId): CachedSession {
  return sessions.get(id) ?? (ended.has(id) ? 'ended' : 'unknown');
}

interface Parts {
  readonly account: Account | undefined;
  readonly sessions: readonly CachedSession[];
  readonly times: readonly (readonly number[])[];
}

function assemble(query: RecordsQuery, { account, sessions: parts, times }: Parts): Records {
  const [sessions, ended] = [new Map<SessionId, Session>(), new Set<SessionId>()];
  for (const [i, id] of query.sessions.entries()) {
    const part = parts[i];
    if (part === 'ended') ended.add(id);
    else if (part && part !== 'unknown') sessions.set(id, part);
  }
  const refusals = new Map<RefusalKey, readonly number[]>();
  for (const [i, key] of query.refusals.entries()) {
    const at = times[i] ?? [];
    if (at.length > 0) refusals.set(key, at);
  }
  return { account, sessions, ended, refusals };
}
