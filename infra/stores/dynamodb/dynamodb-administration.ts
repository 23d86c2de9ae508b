/** Administration for operators and the pages, over both tables. */
import { DeleteItemCommand, ScanCommand } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import pLimit from 'p-limit';
import { type Account, userIdOf } from '../../../core/accounts/account.ts';
import {
  type AccountDirectory,
  type AccountWrite,
  type Administration,
  pageCursor,
  type StoredAccount,
  type WriteOutcome,
} from '../../../core/accounts/administration.ts';
import type { Username } from '../../../core/accounts/username.ts';
import { maxInt } from '../../../core/accounts/validation.ts';
import { StoreFailed } from '../../../core/failures.ts';
import { jsonLength, oversizeOf } from '../account-size.ts';
import type { AdministeredStore } from '../open-store.ts';
import { dynamodbUri, type StoreUri } from '../store-uri.ts';
import { deleteAll, getAll } from './batches.ts';
import { putOnce, replaceOnce, update } from './conditions.ts';
import type { Connection } from './connection.ts';
import { connect, dynamodbPorts } from './dynamodb-ports.ts';
import { accountItem, type Item, readAccount } from './items.ts';
import { dynamodbRefusals } from './refusals.ts';
import { sessionDirectory, someSessionKeys } from './session-list.ts';
import { dynamodbTokens } from './tokens.ts';
import { claim, counterKey, release } from './userids.ts';

/**
 * Bytes of an item.
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ServiceQuotas.html
 */
const mostBytes = 400 * 1024;

/** Writes at once: fewer than the client has sockets, so that other requests find one. */
const atOnce = pLimit(64);

/** What operators have beside the core's ports. */
export function dynamodbAdministration(connection: Connection): Administration {
  return {
    accounts: accountDirectory(connection),
    sessions: sessionDirectory(connection),
    refusals: dynamodbRefusals(connection),
    tokens: dynamodbTokens(connection),
  };
}

/** Opens the ports and the administration, for the packaged function of the pages. */
export function openDynamodbAdministered(uri: StoreUri): AdministeredStore {
  const connection = connect(dynamodbUri(uri));
  return { ...dynamodbPorts(connection), admin: dynamodbAdministration(connection) };
}

function isAccount(item: Item): boolean {
  return item['username']?.S?.startsWith('#') === false;
}

function storedAccount(item: Item): StoredAccount {
  return { account: readAccount(item), revision: Number(item['revision']?.N ?? 0) };
}

function accountDirectory({ client, tables, run }: Connection): AccountDirectory {
  const TableName = tables.users;

  async function read(signal: AbortSignal, usernames: readonly Username[]) {
    const keys = usernames.map((username) => [TableName, marshall({ username })] as const);
    const found = await getAll(client, signal, keys);
    const accounts = (found.get(TableName) ?? []).map(storedAccount);
    return new Map(accounts.map((each) => [each.account.username, each]));
  }

  /** Claims the userid first. If the account is then not written, the userid stays claimed for its name. */
  async function add(signal: AbortSignal, account: Account): Promise<WriteOutcome> {
    if (!(await claim(client, signal, TableName, account))) return 'useridTaken';
    if (await putOnce(client, signal, TableName, 'username', accountItem(account))) return 'done';
    const there = (await read(signal, [account.username])).get(account.username);
    if (there && there.account.userid !== account.userid) {
      await release(client, signal, TableName, account);
    }
    return 'conflict';
  }

  async function change(signal: AbortSignal, from: StoredAccount, to: Account): Promise<WriteOutcome> {
    const item = { ...accountItem(to), revision: { N: String(from.revision + 1) } };
    return (await replaceOnce(client, signal, TableName, item, from.revision)) ? 'done' : 'conflict';
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
        const accounts = (reply.Items ?? []).filter(isAccount).map(storedAccount);
        return { accounts, ...(next !== undefined && { next: pageCursor(next) }) };
      }),

    count: (most) =>
      run('counting accounts', async (signal) => {
        const input = {
          TableName,
          Select: 'COUNT',
          FilterExpression: 'NOT begins_with(#username, :own)',
          ExpressionAttributeNames: { '#username': 'username' },
          ExpressionAttributeValues: { ':own': { S: '#' } },
        } as const;
        let counted = 0;
        let ExclusiveStartKey: Item | undefined;
        do {
          const start = ExclusiveStartKey && { ExclusiveStartKey };
          const reply = await client.send(new ScanCommand({ ...input, ...start }), { abortSignal: signal });
          counted += reply.Count ?? 0;
          ExclusiveStartKey = reply.LastEvaluatedKey;
        } while (ExclusiveStartKey && counted < most);
        return Math.min(counted, most);
      }),

    write: (writes) => Promise.all(writes.map((each) => atOnce(() => write(each)))),

    // An account as JSON is never shorter than DynamoDB's own measure of its size.
    oversize: (account) => oversizeOf(jsonLength(account), mostBytes, 'an item of DynamoDB'),

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
      // Some at a time, each with a deadline of its own: there may be any number.
      const removeSome = () =>
        run('removing sessions', async (signal) => {
          const { keys, more } = await someSessionKeys(client, signal, tables.sessions, username);
          await deleteAll(client, signal, tables.sessions, keys);
          return more;
        });
      while (await removeSome());
      return removed ? 'removed' : 'unknown';
    },

    allotUserids: (count) =>
      run('allotting userids', async (signal) => {
        const reply = await update(client, signal, {
          TableName,
          Key: counterKey,
          UpdateExpression: 'ADD #last :count',
          ConditionExpression: 'attribute_not_exists(#last) OR #last <= :highest',
          ExpressionAttributeNames: { '#last': 'last' },
          ExpressionAttributeValues: marshall({ ':count': count, ':highest': maxInt - count }),
          ReturnValues: 'UPDATED_NEW',
        });
        if (!reply) return undefined;
        const last = Number(reply.Attributes?.['last']?.N);
        if (!Number.isSafeInteger(last)) throw new StoreFailed('the counter of userids is no number');
        return userIdOf(last - count + 1);
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
