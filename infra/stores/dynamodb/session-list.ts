/** An account's sessions, for operators. */
import { type DynamoDBClient, QueryCommand } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import type { SessionDirectory } from '../../../core/accounts/administration.ts';
import type { Username } from '../../../core/accounts/username.ts';
import type { Session } from '../../../core/sessions/session.ts';
import type { Connection } from './connection.ts';
import { type Item, isTombstone, readSession, sessionIdIn, sessionKey } from './items.ts';

/** The fewest rows to request: many may be tombstones. */
const leastRows = 100;

/** The most requests for a page: an account may have any number of tombstones. */
const mostRequests = 10;

/** Sessions that are removed at a time. */
const mostKeys = 500;

/** The sessions of the sessions table. */
export function sessionDirectory({ client, tables, run }: Connection): SessionDirectory {
  return {
    page: (owner, after, size) =>
      run('listing sessions', async (signal) => {
        const found: Session[] = [];
        let start: Item | undefined = after && sessionKey(owner, after);
        for (let request = 0; request < mostRequests; request++) {
          const command = new QueryCommand({
            ...query(tables.sessions, owner),
            ...(start && { ExclusiveStartKey: start }),
            Limit: Math.max(size, leastRows),
            ScanIndexForward: false,
          });
          const { Items = [], LastEvaluatedKey } = await client.send(command, { abortSignal: signal });
          found.push(...Items.filter((row) => !isTombstone(row)).map(readSession));
          start = LastEvaluatedKey;
          if (!start || found.length >= size) break;
        }
        const sessions = found.slice(0, size);
        const next = sessions[size - 1]?.id ?? (start && sessionIdIn(start));
        return { sessions, ...(next !== undefined && { next }) };
      }),
  };
}

/** Keys of an account's sessions, ended ones included, as many as one request gives; whether there are more. */
export async function someSessionKeys(
  client: DynamoDBClient,
  signal: AbortSignal,
  table: string,
  owner: Username,
): Promise<{ readonly keys: readonly Item[]; readonly more: boolean }> {
  const command = new QueryCommand({
    ...query(table, owner),
    ProjectionExpression: '#owner, #item',
    Limit: mostKeys,
  });
  const { Items = [], LastEvaluatedKey } = await client.send(command, { abortSignal: signal });
  return { keys: Items, more: LastEvaluatedKey !== undefined };
}

function query(table: string, owner: Username) {
  return {
    TableName: table,
    KeyConditionExpression: '#owner = :owner AND begins_with(#item, :session)',
    ExpressionAttributeNames: { '#owner': 'owner', '#item': 'item' },
    ExpressionAttributeValues: marshall({ ':owner': owner, ':session': 'session#' }),
    ConsistentRead: true,
  };
}
