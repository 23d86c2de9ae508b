/**
 * Reads that need not be made again: a client calls often, and little changes in between. What was read
 * of an account, of a session, or under a ban's key, is good until this process changes it, or the database
 * says that another process wrote. What was known and what was read beside it may be some microseconds
 * apart; no answer depends on that, for nobody can claim a session made after the call was.
 */
import { LRUCache } from 'lru-cache';
import type { Account } from '../../../core/account.ts';
import type { RefusalKey } from '../../../core/bans.ts';
import type { Records, RecordsQuery } from '../../../core/ports.ts';
import type { Session, SessionId } from '../../../core/session.ts';
import type { Username } from '../../../core/username.ts';
import type { SqlDriver } from './driver.ts';

/** What has to be read. */
export interface Missing extends Pick<RecordsQuery, 'sessions' | 'refusals'> {
  /** The sessions'. */
  readonly owner: Username;
  /** Absent: the account is known. */
  readonly account: Username | undefined;
}

/** What was read: no more than was missing. */
export type Found = Records;

type ReadMissing = (missing: Missing) => Promise<Found>;

/** What a write changes. */
export type Change =
  | 'anything'
  | {
      readonly account?: Username;
      readonly owner?: Username;
      /** Of the owner's sessions. */
      readonly ids?: readonly SessionId[];
      readonly keys?: readonly RefusalKey[];
    };

/** The reads of a store. */
export interface KeptReads {
  /** Records, of which `read` reads what is not known. */
  read(query: RecordsQuery, read: ReadMissing): Promise<Records>;
  /** To be called when a write is committed. */
  forget(change: Change): void;
}

/** What is known of a session. */
type Standing = Session | 'ended' | 'unknown';

/** A read under way, and the names of what was changed meanwhile: nobody knows whether it saw that. */
interface Reading {
  readonly changed: Set<string>;
  outdated: boolean;
}

/** Names of accounts, of sessions and of refusals differ: only the second have a blank, the third an @. */
const sessionName = (owner: Username, id: SessionId) => `${owner} ${id}`;

/** Keeps the reads of a driver that can tell when others wrote; with any other, keeps none. */
export function keepReads({ version }: SqlDriver): KeptReads {
  if (!version) {
    return { read: (query, read) => read({ ...query, owner: query.account }), forget: () => undefined };
  }
  const accounts = new LRUCache<string, { readonly account: Account | undefined }>({ max: 1000 });
  const sessions = new LRUCache<string, Standing>({ max: 5000 });
  const refusals = new LRUCache<string, readonly number[]>({ max: 2000 });
  const readings: Reading[] = [];
  let seen: number | undefined;

  function forgetAll(): void {
    for (const kept of [accounts, sessions, refusals]) kept.clear();
    for (const reading of readings) reading.outdated = true;
  }

  function keep(missing: Missing, found: Found, { changed, outdated }: Reading): void {
    if (outdated) return;
    const { account, owner } = missing;
    if (account !== undefined && !changed.has(account)) accounts.set(account, { account: found.account });
    for (const id of missing.sessions) {
      const name = sessionName(owner, id);
      if (!changed.has(name)) sessions.set(name, standingOf(found, id));
    }
    for (const key of missing.refusals) {
      if (!changed.has(key)) refusals.set(key, found.refusals.get(key) ?? []);
    }
  }

  async function readAndKeep(missing: Missing, read: ReadMissing): Promise<Found> {
    const reading: Reading = { changed: new Set(), outdated: false };
    readings.push(reading);
    try {
      const found = await read(missing);
      keep(missing, found, reading);
      return found;
    } finally {
      readings.splice(readings.indexOf(reading), 1);
    }
  }

  return {
    async read(query, read) {
      if (accounts.size + sessions.size + refusals.size > 0) {
        const now = version();
        if (now !== seen) forgetAll();
        seen = now;
      }
      const owner = query.account;
      const known = accounts.get(owner);
      const standings = query.sessions.map((id) => sessions.get(sessionName(owner, id)));
      const times = query.refusals.map((key) => refusals.get(key));
      const missing: Missing = {
        owner,
        account: known ? undefined : owner,
        sessions: query.sessions.filter((_, i) => standings[i] === undefined),
        refusals: query.refusals.filter((_, i) => times[i] === undefined),
      };
      const complete = known && missing.sessions.length + missing.refusals.length === 0;
      const found = complete ? nothing : await readAndKeep(missing, read);
      return assemble(query, {
        account: known ? known.account : found.account,
        standings: query.sessions.map((id, i) => standings[i] ?? standingOf(found, id)),
        times: query.refusals.map((key, i) => times[i] ?? found.refusals.get(key) ?? []),
      });
    },
    forget(change) {
      if (change === 'anything') return forgetAll();
      const { account, owner, ids = [], keys = [] } = change;
      const names = owner === undefined ? [] : ids.map((id) => sessionName(owner, id));
      if (account !== undefined) accounts.delete(account);
      for (const name of names) sessions.delete(name);
      for (const key of keys) refusals.delete(key);
      for (const { changed } of readings) {
        for (const name of [...(account === undefined ? [] : [account]), ...names, ...keys])
          changed.add(name);
      }
    },
  };
}

const nothing: Found = { account: undefined, sessions: new Map(), ended: new Set(), refusals: new Map() };

function standingOf({ sessions, ended }: Found, id: SessionId): Standing {
  return sessions.get(id) ?? (ended.has(id) ? 'ended' : 'unknown');
}

interface Parts {
  readonly account: Account | undefined;
  readonly standings: readonly Standing[];
  readonly times: readonly (readonly number[])[];
}

function assemble(query: RecordsQuery, { account, standings, times }: Parts): Records {
  const [sessions, ended] = [new Map<SessionId, Session>(), new Set<SessionId>()];
  for (const [i, id] of query.sessions.entries()) {
    const standing = standings[i];
    if (standing === 'ended') ended.add(id);
    else if (standing && standing !== 'unknown') sessions.set(id, standing);
  }
  const refusals = new Map<RefusalKey, readonly number[]>();
  for (const [i, key] of query.refusals.entries()) {
    const at = times[i] ?? [];
    if (at.length > 0) refusals.set(key, at);
  }
  return { account, sessions, ended, refusals };
}
