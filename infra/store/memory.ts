/** A store in the process's own memory, for unit tests: nothing survives, nothing is shared. */
import { decodeAccount, encodeAccount, type PlainAccount } from '../../core/account-record.ts';
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
        accounts.set(account.username, structuredClone(encodeAccount(account)));
        return 'added';
      },
      async endSessions(username) {
        const plain = accounts.get(username);
        if (plain) accounts.set(username, { ...plain, generation: plain.generation + 1 });
      },
      async replaceVerifier(username, old, replacement) {
        const plain = accounts.get(username);
        const verifier = plain?.password?.verifier;
        if (!plain?.password || verifier?.phc !== old.phc || verifier.secret !== old.secret) return;
        accounts.set(username, { ...plain, password: { ...plain.password, verifier: { ...replacement } } });
      },
      async noteKeyUse(username, id, at) {
        const plain = accounts.get(username);
        const key = plain?.clientKeys[id];
        if (!plain || !key) return;
        accounts.set(username, {
          ...plain,
          clientKeys: { ...plain.clientKeys, [id]: { ...key, lastUsed: at } },
        });
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
        if (spent.has(nonce)) return 'again';
        spent.set(nonce, keepUntil);
        return 'spent';
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
    async prepare() {},
    async sweep(now) {
      const seconds = now / 1000;
      for (const [key, row] of sessions) if (row.forgetAfter < seconds) sessions.delete(key);
      for (const [nonce, keepUntil] of spent) if (keepUntil < seconds) spent.delete(nonce);
      for (const [key, row] of refused) if (row.keepUntil < now) refused.delete(key);
    },
    async close() {},
  };
}
