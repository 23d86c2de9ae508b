/** A store in the process's own memory, for unit tests: nothing survives, nothing is shared. */
import type { UserId } from '../../core/account.ts';
import { decodeAccount, encodeAccount, type PlainAccount } from '../../core/account-record.ts';
import type { AccountWrite, KeptAccount, PageMark, WriteOutcome } from '../../core/administration.ts';
import type { RefusalKey } from '../../core/bans.ts';
import { rowLifetime, type Session, type SessionId } from '../../core/session.ts';
import type { Username } from '../../core/username.ts';
import type { OpenStore } from './open-store.ts';

/** A session's row. Without a session it only keeps the id taken. */
interface SessionRow {
  readonly session?: Session;
  /** Unix seconds. */
  readonly forgetAfter: number;
}

/** Opens an empty store. Each method does its work in one turn, so no two interleave. */
export function memoryStore(): OpenStore {
  const accounts = new Map<string, PlainAccount>();
  const sessions = new Map<string, SessionRow>();
  const spent = new Map<string, number>();
  const refused = new Map<RefusalKey, { readonly times: readonly number[]; readonly keepUntil: number }>();
  const revisions = new Map<string, number>();
  let allotted = 0;
  const put = (plain: PlainAccount) => {
    accounts.set(plain.username, plain);
    revisions.set(plain.username, (revisions.get(plain.username) ?? -1) + 1);
  };
  const kept = (plain: PlainAccount): KeptAccount => {
    return { account: decodeAccount(plain), revision: revisions.get(plain.username) ?? 0 };
  };
  const write = (change: AccountWrite): WriteOutcome => {
    const account = change.kind === 'add' ? change.account : change.to;
    const there = accounts.get(account.username);
    if (change.kind === 'add') {
      if (there) return 'lost';
      if ([...accounts.values()].some(({ userid }) => userid === account.userid)) return 'useridTaken';
    } else if (!there || revisions.get(account.username) !== change.from.revision) {
      return 'lost';
    }
    put(structuredClone(encodeAccount(account)));
    return 'done';
  };
  const rowKey = (owner: Username, id: SessionId) => `${owner}:${id}`;

  return {
    description: 'memory',
    records: {
      async read(query) {
        const plain = accounts.get(query.account);
        const found = query.sessions.flatMap((id): [SessionId, Session][] => {
          const session = sessions.get(rowKey(query.account, id))?.session;
          return session ? [[id, session]] : [];
        });
        const ended = query.sessions.filter((id) => {
          const row = sessions.get(rowKey(query.account, id));
          return row && !row.session;
        });
        const refusals = query.refusals.map((key) => [key, refused.get(key)?.times ?? []] as const);
        return {
          account: plain && decodeAccount(plain),
          sessions: new Map(found),
          ended: new Set(ended),
          refusals: new Map(refusals.filter(([, times]) => times.length > 0)),
        };
      },
    },
    accounts: {
      async add(account) {
        if (accounts.has(account.username)) return 'taken';
        put(structuredClone(encodeAccount(account)));
        return 'added';
      },
      async endSessions(username) {
        const plain = accounts.get(username);
        if (plain) put({ ...plain, generation: plain.generation + 1 });
      },
      async replaceVerifier(username, old, replacement) {
        const plain = accounts.get(username);
        if (!plain?.password || plain.password.accepts === 'plainOnce') return;
        const { phc, secret } = plain.password.verifier;
        if (phc !== old.phc || secret !== old.secret) return;
        put({ ...plain, password: { ...plain.password, verifier: { ...replacement } } });
      },
      async replaceBcrypt(username, bcrypt, replacement) {
        const plain = accounts.get(username);
        if (plain?.password?.accepts !== 'plainOnce' || plain.password.bcrypt !== bcrypt) return;
        put({ ...plain, password: structuredClone(replacement) });
      },
      async noteKeyUse(username, id, at) {
        const plain = accounts.get(username);
        const key = plain?.clientKeys[id];
        if (!plain || !key) return;
        put({ ...plain, clientKeys: { ...plain.clientKeys, [id]: { ...key, lastUsed: at } } });
      },
    },
    sessions: {
      async add(session) {
        const key = rowKey(session.owner, session.id);
        if (sessions.has(key)) return 'taken';
        sessions.set(key, { session: { ...session }, forgetAfter: session.expires + rowLifetime });
        return 'added';
      },
      async expire(owner, ids, keepUntil) {
        for (const key of ids.map((id) => rowKey(owner, id))) {
          if (sessions.has(key)) sessions.set(key, { forgetAfter: keepUntil });
        }
      },
    },
    spent: {
      async spend(nonce, keepUntil) {
        if (spent.has(nonce)) return { outcome: 'again' };
        spent.set(nonce, keepUntil);
        return { outcome: 'spent' };
      },
    },
    refused: {
      async count(entries, at) {
        for (const { key, dropBefore, keepUntil } of entries) {
          const times = (refused.get(key)?.times ?? []).filter((time) => time >= dropBefore);
          refused.set(key, { times: [...times, at], keepUntil });
        }
        return new Map(entries.map(({ key }) => [key, refused.get(key)?.times ?? []]));
      },
    },
    admin: {
      accounts: {
        async read(usernames) {
          const found = usernames.map((name) => accounts.get(name)).filter((plain) => plain !== undefined);
          return new Map(found.map(kept).map((each) => [each.account.username, each]));
        },
        async page(after = '' as PageMark, size) {
          const names = [...accounts.keys()].toSorted().filter((name) => name > after);
          const plain = names.slice(0, size).map((name) => accounts.get(name));
          const page = plain.filter((account) => account !== undefined).map(kept);
          const last = names[size - 1];
          return { accounts: page, ...(last && { next: last as PageMark }) };
        },
        write: async (writes) => writes.map(write),
        async remove(username) {
          const removed = accounts.delete(username);
          for (const [key, { session }] of sessions) if (session?.owner === username) sessions.delete(key);
          return removed ? 'removed' : 'unknown';
        },
        async allotUserids(count) {
          const highest = Math.max(allotted, ...[...accounts.values()].map(({ userid }) => userid));
          allotted = highest + count;
          return (highest + 1) as UserId;
        },
        async reserveUserids(upTo) {
          allotted = Math.max(allotted, upTo);
        },
      },
      sessions: {
        async ofOwner(owner) {
          const rows = [...sessions.values()].map(({ session }) => session);
          return rows
            .filter((session) => session?.owner === owner)
            .filter((session) => session !== undefined);
        },
      },
    },
    async prepare() {},
    async inspect() {
      return [{ what: 'tables', well: true, detail: 'kept in memory' }];
    },
    async serverTime() {
      return undefined;
    },
    async sweep(now) {
      const seconds = now / 1000;
      for (const [key, row] of sessions) if (row.forgetAfter < seconds) sessions.delete(key);
      for (const [nonce, keepUntil] of spent) if (keepUntil < seconds) spent.delete(nonce);
      for (const [key, row] of refused) if (row.keepUntil < now) refused.delete(key);
    },
    async close() {},
  };
}
