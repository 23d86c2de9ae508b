/** Batches: the one read of an authentication, and writes of many rows. */
import {
  BatchGetItemCommand,
  BatchWriteItemCommand,
  type DynamoDBClient,
  type KeysAndAttributes,
  type WriteRequest,
} from '@aws-sdk/client-dynamodb';
import type { Item } from './items.ts';
import { pause } from './pause.ts';

/** The most rows that DynamoDB accepts in one request. */
const mostGets = 100;
const mostPuts = 25;

/** Rows found, by the name of their table. */
export type Found = ReadonlyMap<string, readonly Item[]>;

/** Reads rows of any tables in one request (per 100), consistently. Keys may repeat. */
export async function getAll(
  client: DynamoDBClient,
  signal: AbortSignal,
  keys: readonly (readonly [table: string, key: Item])[],
): Promise<Found> {
  // DynamoDB refuses a batch with a repeated key.
  const distinct = [...new Map(keys.map((entry) => [JSON.stringify(entry), entry])).values()];
  const found = new Map<string, Item[]>();
  await Promise.all(
    chunks(distinct, mostGets).map(async (chunk) => {
      let wanted = Object.entries(Object.groupBy(chunk, ([table]) => table)).map(
        ([table, entries = []]): [string, Item[]] => [table, entries.map(([, key]) => key)],
      );
      for (let attempt = 0; wanted.length > 0; attempt++) {
        if (attempt > 0) await pause(attempt, signal);
        const RequestItems: Record<string, KeysAndAttributes> = Object.fromEntries(
          wanted.map(([table, Keys]) => [table, { Keys, ConsistentRead: true }]),
        );
        const reply = await client.send(new BatchGetItemCommand({ RequestItems }), { abortSignal: signal });
        for (const [table, items] of Object.entries(reply.Responses ?? {})) {
          found.set(table, [...(found.get(table) ?? []), ...items]);
        }
        wanted = Object.entries(reply.UnprocessedKeys ?? {}).map(([table, { Keys = [] }]) => [table, Keys]);
      }
    }),
  );
  return found;
}

/** Puts rows of one table. Their keys must differ. */
export function putAll(
  client: DynamoDBClient,
  signal: AbortSignal,
  table: string,
  items: readonly Item[],
): Promise<void> {
  return writeAll(
    client,
    signal,
    table,
    items.map((Item) => ({ PutRequest: { Item } })),
  );
}

/** Deletes rows of one table by their keys. */
export function deleteAll(
  client: DynamoDBClient,
  signal: AbortSignal,
  table: string,
  keys: readonly Item[],
): Promise<void> {
  return writeAll(
    client,
    signal,
    table,
    keys.map((Key) => ({ DeleteRequest: { Key } })),
  );
}

/** 25 to a request, in parallel. */
async function writeAll(
  client: DynamoDBClient,
  signal: AbortSignal,
  table: string,
  requests: readonly WriteRequest[],
): Promise<void> {
  await Promise.all(
    chunks(requests, mostPuts).map(async (chunk) => {
      let wanted = chunk;
      for (let attempt = 0; wanted.length > 0; attempt++) {
        if (attempt > 0) await pause(attempt, signal);
        const command = new BatchWriteItemCommand({ RequestItems: { [table]: wanted } });
        const reply = await client.send(command, { abortSignal: signal });
        wanted = reply.UnprocessedItems?.[table] ?? [];
      }
    }),
  );
}

function chunks<T>(list: readonly T[], size: number): T[][] {
  const count = Math.ceil(list.length / size);
  return Array.from({ length: count }, (_, i) => list.slice(i * size, (i + 1) * size));
}
