/** The core's ports in SQL, over any driver. */
import * as v from 'valibot';
import type { RefusalKey } from '../../../core/bans.ts';
import type { Spending } from '../../../core/ports.ts';
import type { SessionId } from '../../../core/session.ts';
import { decode } from '../decode.ts';
import type { OpenStore } from '../open-store.ts';
import { decodeSession } from '../session-record.ts';
import { sqlAdministration } from './administration.ts';
import type { Row, Rows, SqlDriver, Statement } from './driver.ts';
import { type Change, type Found, keepReads, type Missing } from './kept-reads.ts';
import { accountReader } from './rows.ts';
import * as sql from './statements.ts';

/** The store that a database holds; opening and closing it is the driver's business. */
export function sqlStore(
  driver: SqlDriver,
): Omit<OpenStore, 'description' | 'prepare' | 'inspect' | 'serverTime' | 'close'> {
  const kept = keepReads(driver);
  const write = (change: Change, statements: readonly Statement[]) =>
    driver.write(statements, () => kept.forget(change));
  const inserted = async (change: Change, statement: Statement) => {
    const [rows = []] = await write(change, [statement]);
    return rows.length > 0;
  };
  const accountIn = accountReader();

  async function read({ account, owner, ...missing }: Missing): Promise<Found> {
    const asksSessions = missing.sessions.length > 0;
    const asked = [
      ...(account === undefined ? [] : [sql.selectAccount(account)]),
      ...(asksSessions ? [sql.selectSessions(owner, missing.sessions)] : []),
      ...(missing.refusals.length > 0 ? [sql.selectRefusals(missing.refusals)] : []),
    ];
    const rest = [...(await driver.read(asked))];
    const accounts = (account !== undefined && rest.shift()) || [];
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
    records: { read: (query) => kept.read(query, read) },
    accounts: {
      async add(account) {
        const change = { account: account.username };
        return (await inserted(change, sql.insertAccount(account))) ? 'added' : 'taken';
      },
      async endSessions(username) {
        await write({ account: username }, [sql.raiseGeneration(username)]);
      },
      async replaceVerifier(username, old, replacement) {
        await write({ account: username }, [sql.updateVerifier(username, old, replacement)]);
      },
      async replaceBcrypt(username, bcrypt, replacement) {
        await write({ account: username }, [sql.updateBcrypt(username, bcrypt, replacement)]);
      },
      async noteKeyUse(username, key, at) {
        await write({ account: username }, [sql.updateKeyUse(username, key, at)]);
      },
    },
    sessions: {
      async add(session) {
        const change = { owner: session.owner, ids: [session.id] };
        return (await inserted(change, sql.insertSession(session))) ? 'added' : 'taken';
      },
      async expire(owner, ids, keepUntil) {
        await write({ owner, ids }, [sql.endSessions(owner, ids, keepUntil)]);
      },
    },
    spent: { spend },
    refused: {
      async count(entries, at) {
        const counting = entries.flatMap((entry) => sql.countRefusal(entry, at));
        const keys = entries.map(({ key }) => key);
        const results = await write({ keys }, [...counting, sql.selectRefusals(keys)]);
        return timesByKey(results.at(-1) ?? []);
      },
    },
    admin: sqlAdministration({
      read: driver.read,
      write: (statements) => write('anything', statements),
    }),
    async sweep(now) {
      await write('anything', sql.forget(Math.floor(now / 1000)));
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
