/** The core's ports in SQL, over any driver. */
import * as v from 'valibot';
import type { RefusalKey } from '../../../core/bans.ts';
import type { Records, RecordsQuery, Spending } from '../../../core/ports.ts';
import type { SessionId } from '../../../core/session.ts';
import { decode } from '../decode.ts';
import type { OpenStore } from '../open-store.ts';
import { decodeSession } from '../session-record.ts';
import { sqlAdministration } from './administration.ts';
import type { Row, Rows, SqlDriver, Statement } from './driver.ts';
import { keepReads } from './kept-reads.ts';
import { accountReader } from './rows.ts';
import * as sql from './statements.ts';

/** The store that a database holds; opening and closing it is the driver's business. */
export function sqlStore(
  driver: SqlDriver,
): Omit<OpenStore, 'description' | 'prepare' | 'inspect' | 'serverTime' | 'close'> {
  const kept = keepReads(driver);
  const { changing } = kept;
  const inserted = async (statement: Statement) => {
    const [rows = []] = await changing.write([statement]);
    return rows.length > 0;
  };
  const accountIn = accountReader();

  async function read(query: RecordsQuery): Promise<Records> {
    const asksSessions = query.sessions.length > 0;
    const [accounts = [], ...rest] = await driver.read([
      sql.selectAccount(query.account),
      ...(asksSessions ? [sql.selectSessions(query.account, query.sessions)] : []),
      ...(query.refusals.length > 0 ? [sql.selectRefusals(query.refusals)] : []),
    ]);
    const sessions = (asksSessions && rest.shift()) || [];
    const [refusals = []] = rest;
    const ended = sessions.filter((row) => row['ended'] === 1);
    const found = sessions.filter((row) => row['ended'] !== 1).map((row) => decodeSession(row));
    return {
      account: accounts[0] && accountIn(accounts[0]),
      sessions: new Map(found.map((session) => [session.id, session])),
      ended: new Set(ended.map((row) => Number(row['id']) as SessionId)),
      refusals: timesByKey(refusals),
    };
  }

  /** What became of it is known once it is committed, which with some drivers is before it is safe. */
  function spend(nonce: string, keepUntil: number): Promise<Spending> {
    const { promise, resolve, reject } = Promise.withResolvers<Spending>();
    const learn = ([rows = []]: Rows) => resolve({ outcome: rows.length > 0 ? 'spent' : 'again', safe });
    const safe = driver.write([sql.insertSpent(nonce, keepUntil)], learn);
    safe.then(learn, reject);
    return promise;
  }

  return {
    records: { read: (query) => kept.read(query, () => read(query)) },
    accounts: {
      add: async (account) => ((await inserted(sql.insertAccount(account))) ? 'added' : 'taken'),
      async endSessions(username) {
        await changing.write([sql.raiseGeneration(username)]);
      },
      async replaceVerifier(username, old, replacement) {
        await changing.write([sql.updateVerifier(username, old, replacement)]);
      },
      async replaceBcrypt(username, bcrypt, replacement) {
        await changing.write([sql.updateBcrypt(username, bcrypt, replacement)]);
      },
      async noteKeyUse(username, key, at) {
        await changing.write([sql.updateKeyUse(username, key, at)]);
      },
    },
    sessions: {
      add: async (session) => ((await inserted(sql.insertSession(session))) ? 'added' : 'taken'),
      async expire(owner, ids, keepUntil) {
        await changing.write([sql.endSessions(owner, ids, keepUntil)]);
      },
    },
    spent: { spend },
    refused: {
      async count(entries, at) {
        const counting = entries.flatMap((entry) => sql.countRefusal(entry, at));
        const results = await changing.write([
          ...counting,
          sql.selectRefusals(entries.map(({ key }) => key)),
        ]);
        return timesByKey(results.at(-1) ?? []);
      },
    },
    admin: sqlAdministration(changing),
    async sweep(now) {
      await changing.write(sql.forget(Math.floor(now / 1000)));
    },
  };
}

const refusal = v.object({
  key: v.pipe(
    v.string(),
    v.transform((key) => key as RefusalKey),
  ),
  at: v.number(),
});

function timesByKey(rows: readonly Row[]): Map<RefusalKey, number[]> {
  const times = new Map<RefusalKey, number[]>();
  for (const row of rows) {
    const { key, at } = decode(refusal, row, 'a refused log-in');
    times.set(key, [...(times.get(key) ?? []), at]);
  }
  return times;
}
