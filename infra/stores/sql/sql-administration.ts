/** Administration for operators and the pages, in SQL. A list of writes is one transaction and one flush. */
import { userIdOf } from '../../../core/accounts/account.ts';
import { encodeAccount } from '../../../core/accounts/account-record.ts';
import {
  type AccountWrite,
  type Administration,
  pageCursor,
  type StoredAccount,
  type WriteOutcome,
} from '../../../core/accounts/administration.ts';
import { maxInt } from '../../../core/accounts/validation.ts';
import { decodeSession } from '../session-record.ts';
import { type Row, type SqlDriver, type Statement, statement } from './driver.ts';
import type { Write } from './read-cache.ts';
import { sqlRefusals } from './refusals.ts';
import { accountIn } from './rows.ts';
import { selectSessionPage } from './session-statements.ts';
import { charactersAtOnce, deleteSessions, writeUntilDone, yieldToEventLoop } from './slices.ts';
import { insertAccountRow } from './statements.ts';
import { sqlTokens } from './tokens.ts';

/** The administration of accounts and sessions. */
export function sqlAdministration(readAll: SqlDriver['read'], write: Write): Administration {
  return {
    accounts: {
      async read(usernames) {
        const [rows = []] = await readAll([
          statement(
            'SELECT * FROM accounts WHERE username IN (SELECT value FROM json_each(?1))',
            JSON.stringify(usernames),
          ),
        ]);
        return new Map((await storedAccounts(rows)).map((each) => [each.account.username, each]));
      },
      async page(after, size) {
        const [rows = []] = await readAll([
          statement(
            'SELECT * FROM accounts WHERE username > ?1 ORDER BY username LIMIT ?2',
            after ?? '',
            size,
          ),
        ]);
        const accounts = await storedAccounts(rows);
        const last = accounts[size - 1]?.account.username;
        return { accounts, ...(last && { next: pageCursor(last) }) };
      },
      async count(most) {
        const [[row] = []] = await readAll([
          statement('SELECT count(*) AS counted FROM (SELECT 1 FROM accounts LIMIT ?1)', most),
        ]);
        return Number(row?.['counted']);
      },
      async write(writes) {
        const accounts = writes.map((each) => (each.kind === 'add' ? each.account : each.to).username);
        const rows = await write({ accounts }, writes.flatMap(statementsOf));
        return writes.map((_, i) => outcome(rows[2 * i], rows[2 * i + 1]));
      },
      // SQLite's own limit is a gigabyte.
      oversize: () => undefined,
      async remove(username) {
        const change = { accounts: [username], owner: username, ids: 'all' } as const;
        const [removed = []] = await write(change, [
          statement('DELETE FROM accounts WHERE username = ?1 RETURNING username', username),
        ]);
        await writeUntilDone((statements) => write(change, statements), deleteSessions(username));
        return removed.length > 0 ? 'removed' : 'unknown';
      },
      async allotUserids(count) {
        const [, [row] = []] = await write({}, [
          raiseCounter('(SELECT ifnull(max(userid), 0) FROM accounts)'),
          statement(
            `UPDATE counters SET value = value + ?1
             WHERE name = 'userid' AND value <= ?2 - ?1 RETURNING value`,
            count,
            maxInt,
          ),
        ]);
        return row && userIdOf(Number(row['value']) - count + 1);
      },
      async reserveUserids(upTo) {
        await write({}, [raiseCounter('?1', upTo)]);
      },
    },
    sessions: {
      async page(owner, after, size) {
        const [rows = []] = await readAll([selectSessionPage(owner, after, size)]);
        const sessions = rows.map((row) => decodeSession(row));
        const last = sessions[size - 1]?.id;
        return { sessions, ...(last !== undefined && { next: last }) };
      },
    },
    refusals: sqlRefusals(readAll, write),
    tokens: sqlTokens({ read: readAll, write: (statements) => write({}, statements) }),
  };
}

/** Reads rows of accounts. Large ones take long, so other requests can run in between. */
async function storedAccounts(rows: readonly Row[]): Promise<StoredAccount[]> {
  const accounts: StoredAccount[] = [];
  let characters = 0;
  for (const row of rows) {
    accounts.push(storedAccount(row));
    characters += String(row['details']).length;
    if (characters < charactersAtOnce) continue;
    await yieldToEventLoop();
    characters = 0;
  }
  return accounts;
}

function storedAccount(row: Row): StoredAccount {
  return { account: accountIn(row), revision: Number(row['revision']) };
}

/** Two statements for each write: the write, which returns a row if it was done, and a read of what prevents it. */
function statementsOf(write: AccountWrite): Statement[] {
  if (write.kind === 'add') {
    const { username } = write.account;
    return [
      insertAccountRow(write.account),
      statement('SELECT 1 FROM accounts WHERE username = ?1', username),
    ];
  }
  const { username, userid: _, status, generation, ...details } = encodeAccount(write.to);
  return [
    statement(
      `UPDATE accounts SET status = ?3, generation = ?4, details = ?5, revision = revision + 1
       WHERE username = ?1 AND revision = ?2 RETURNING username`,
      username,
      write.from.revision,
      status,
      generation,
      JSON.stringify(details),
    ),
    statement('SELECT 1'),
  ];
}

function outcome(written: readonly Row[] = [], there: readonly Row[] = []): WriteOutcome {
  if (written.length > 0) return 'done';
  return there.length > 0 ? 'conflict' : 'useridTaken';
}

function raiseCounter(to: string, ...params: readonly number[]): Statement {
  return statement(
    `INSERT INTO counters (name, value) VALUES ('userid', ${to})
     ON CONFLICT (name) DO UPDATE SET value = max(value, excluded.value)`,
    ...params,
  );
}
