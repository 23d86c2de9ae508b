/** What operators need, in SQL. A list of writes is one transaction, and so one flush to the disk. */
import type { UserId } from '../../../core/account.ts';
import { encodeAccount } from '../../../core/account-record.ts';
import type {
  AccountWrite,
  Administration,
  KeptAccount,
  PageMark,
  WriteOutcome,
} from '../../../core/administration.ts';
import { decodeSession } from '../session-record.ts';
import { type Row, type SqlDriver, type Statement, statement } from './driver.ts';
import { accountIn } from './rows.ts';
import { insertAccountRow } from './statements.ts';

/** The book of accounts and of sessions. */
export function sqlAdministration(driver: SqlDriver): Administration {
  return {
    accounts: {
      async read(usernames) {
        const [rows = []] = await driver.read([
          statement(
            'SELECT * FROM accounts WHERE username IN (SELECT value FROM json_each(?1))',
            JSON.stringify(usernames),
          ),
        ]);
        return new Map(rows.map(kept).map((each) => [each.account.username, each]));
      },
      async page(after, size) {
        const [rows = []] = await driver.read([
          statement(
            'SELECT * FROM accounts WHERE username > ?1 ORDER BY username LIMIT ?2',
            after ?? '',
            size,
          ),
        ]);
        const accounts = rows.map(kept);
        const last = accounts[size - 1]?.account.username;
        return { accounts, ...(last && { next: last as string as PageMark }) };
      },
      async write(writes) {
        const rows = await driver.write(writes.flatMap(statementsOf));
        return writes.map((_, i) => outcome(rows[2 * i], rows[2 * i + 1]));
      },
      async remove(username) {
        const [removed = []] = await driver.write([
          statement('DELETE FROM accounts WHERE username = ?1 RETURNING username', username),
          statement('DELETE FROM sessions WHERE owner = ?1', username),
        ]);
        return removed.length > 0 ? 'removed' : 'unknown';
      },
      async allotUserids(count) {
        const [, [row] = []] = await driver.write([
          raiseCounter('(SELECT ifnull(max(userid), 0) FROM accounts)'),
          statement("UPDATE counters SET value = value + ?1 WHERE name = 'userid' RETURNING value", count),
        ]);
        return (Number(row?.['value']) - count + 1) as UserId;
      },
      async reserveUserids(upTo) {
        await driver.write([raiseCounter('?1', upTo)]);
      },
    },
    sessions: {
      async ofOwner(owner) {
        const [rows = []] = await driver.read([
          statement('SELECT * FROM sessions WHERE owner = ?1 AND ended = 0 ORDER BY id', owner),
        ]);
        return rows.map((row) => decodeSession(row));
      },
    },
  };
}

function kept(row: Row): KeptAccount {
  return { account: accountIn(row), revision: Number(row['revision']) };
}

/** Two for each write: the write, which gives a row when it was done, and what stands in its way. */
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
  return there.length > 0 ? 'lost' : 'useridTaken';
}

function raiseCounter(to: string, ...params: readonly number[]): Statement {
  return statement(
    `INSERT INTO counters (name, value) VALUES ('userid', ${to})
     ON CONFLICT (name) DO UPDATE SET value = max(value, excluded.value)`,
    ...params,
  );
}
