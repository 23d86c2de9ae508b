/** What operators need, over both tables. */
import { DeleteItemCommand, ScanCommand } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import pLimit from 'p-limit';
import type { Account, UserId } from '../../../core/account.ts';
import type {
  AccountBook,
  AccountWrite,
  Administration,
  KeptAccount,
  PageMark,
  WriteOutcome,
} from '../../../core/administration.ts';
import { StoreFailed } from '../../../core/ports.ts';
import type { Username } from '../../../core/username.ts';
import { deleteAll, getAll } from './batches.ts';
import { putOnce, replaceOnce, update } from './conditions.ts';
import type { Connection } from './connection.ts';
import { accountItem, type Item, readAccount } from './items.ts';
import { sessionBook, sessionRows } from './session-book.ts';
import { claim, counterKey, release } from './userids.ts';

/** Writes on their way at once: as many as there are sockets, less some for others. */
const atOnce = pLimit(64);

/** The books of accounts and of sessions. */
export function dynamodbAdministration(connection: Connection): Administration {
  return { accounts: accountBook(connection), sessions: sessionBook(connection) };
}

function isAccount(item: Item): boolean {
  return item['username']?.S?.startsWith('#') === false;
}

function kept(item: Item): KeptAccount {
  return { account: readAccount(item), revision: Number(item['revision']?.N ?? 0) };
}

function accountBook({ client, tables, run }: Connection): AccountBook {
  const TableName = tables.users;

  async function read(signal: AbortSignal, usernames: readonly Username[]) {
    const keys = usernames.map((username) => [TableName, marshall({ username })] as const);
    const found = await getAll(client, signal, keys);
    const accounts = (found.get(TableName) ?? []).map(kept);
    return new Map(accounts.map((each) => [each.account.username, each]));
  }

  /** The claim comes first: interrupted between the two, it stays with the name that made it. */
  async function add(signal: AbortSignal, account: Account): Promise<WriteOutcome> {
    if (!(await claim(client, signal, TableName, account))) return 'useridTaken';
    if (await putOnce(client, signal, TableName, 'username', accountItem(account))) return 'done';
    const there = (await read(signal, [account.username])).get(account.username);
    if (there && there.account.userid !== account.userid) {
      await release(client, signal, TableName, account);
    }
    return 'lost';
  }

  async function change(signal: AbortSignal, from: KeptAccount, to: Account): Promise<WriteOutcome> {
    const item = { ...accountItem(to), revision: { N: String(from.revision + 1) } };
    return (await replaceOnce(client, signal, TableName, item, from.revision)) ? 'done' : 'lost';
  }

  const write = (write: AccountWrite) =>
    run('writing an account', (signal) =>
      write.kind === 'add' ? add(signal, write.account) : change(signal, write.from, write.to),
    );

  return {
    read: (usernames) => run('reading accounts', (signal) => read(signal, usernames)),

    page: (after, size) =>
      run('listing accounts', async (signal) => {
        const input = { TableName, Limit: size, ConsistentRead: true };
        const start = after && { ExclusiveStartKey: { username: { S: after } } };
        const reply = await client.send(new ScanCommand({ ...input, ...start }), { abortSignal: signal });
        const next = reply.LastEvaluatedKey?.['username']?.S;
        const accounts = (reply.Items ?? []).filter(isAccount).map(kept);
        return { accounts, ...(next !== undefined && { next: next as PageMark }) };
      }),

    write: (writes) => Promise.all(writes.map((each) => atOnce(() => write(each)))),

    async remove(username) {
      const removed = await run('removing an account', async (signal) => {
        const command = new DeleteItemCommand({
          TableName,
          Key: marshall({ username }),
          ReturnValues: 'ALL_OLD',
        });
        const { Attributes: old } = await client.send(command, { abortSignal: signal });
        if (old) await release(client, signal, TableName, readAccount(old));
        return old !== undefined;
      });
      await run('removing sessions', async (signal) => {
        const rows = await sessionRows(client, signal, tables.sessions, username);
        const keys = rows.map(
          ({ owner, item }): Item => ({ ...(owner && { owner }), ...(item && { item }) }),
        );
        await deleteAll(client, signal, tables.sessions, keys);
      });
      return removed ? 'removed' : 'unknown';
    },

    allotUserids: (count) =>
      run('allotting userids', async (signal) => {
        const reply = await update(client, signal, {
          TableName,
          Key: counterKey,
          UpdateExpression: 'ADD #last :count',
          ExpressionAttributeNames: { '#last': 'last' },
          ExpressionAttributeValues: marshall({ ':count': count }),
          ReturnValues: 'UPDATED_NEW',
        });
        const last = Number(reply?.Attributes?.['last']?.N);
        if (!Number.isSafeInteger(last)) throw new StoreFailed('the counter of userids is no number');
        return (last - count + 1) as UserId;
      }),

    reserveUserids: (upTo) =>
      run('reserving userids', async (signal) => {
        await update(client, signal, {
          TableName,
          Key: counterKey,
          UpdateExpression: 'SET #last = :upTo',
          ConditionExpression: 'attribute_not_exists(#last) OR #last < :upTo',
          ExpressionAttributeNames: { '#last': 'last' },
          ExpressionAttributeValues: marshall({ ':upTo': upTo }),
        });
      }),
  };
}
