/** An account's sessions, for operators. */
import { type DynamoDBClient, paginateQuery } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import type { SessionBook } from '../../../core/administration.ts';
import type { Username } from '../../../core/username.ts';
import type { Connection } from './connection.ts';
import { type Item, isTombstone, readSession } from './items.ts';

/** The book of sessions over the sessions table. */
export function sessionBook({ client, tables, run }: Connection): SessionBook {
  return {
    ofOwner: (owner) =>
      run('listing sessions', async (signal) => {
        const rows = await sessionRows(client, signal, tables.sessions, owner);
        const sessions = rows.filter((row) => !isTombstone(row)).map(readSession);
        return sessions.toSorted((a, b) => a.id - b.id);
      }),
  };
}

/** The rows of an account's sessions, the ended among them. */
export async function sessionRows(
  client: DynamoDBClient,
  signal: AbortSignal,
  table: string,
  owner: Username,
): Promise<Item[]> {
  const pages = paginateQuery(
    { client },
    {
      TableName: table,
      KeyConditionExpression: '#owner = :owner AND begins_with(#item, :session)',
      ExpressionAttributeNames: { '#owner': 'owner', '#item': 'item' },
      ExpressionAttributeValues: marshall({ ':owner': owner, ':session': 'session#' }),
      ConsistentRead: true,
    },
    { abortSignal: signal },
  );
  const rows: Item[] = [];
  for await (const { Items = [] } of pages) rows.push(...Items);
  return rows;
}
