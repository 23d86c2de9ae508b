/** The store that matters: two DynamoDB tables behind the core's ports. */
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { OpenStore } from '../open-store.ts';
import { dynamodbAccounts } from './accounts.ts';
import { type ClientOptions, createClient, defaultDeadline } from './client.ts';
import type { Connection } from './connection.ts';
import { within } from './deadline.ts';
import { dynamodbRecords } from './records.ts';
import { dynamodbRefused, dynamodbSessions, dynamodbSpent } from './sessions.ts';
import { createTables, tablesOf } from './tables.ts';

/** Where the tables are. */
export interface DynamodbOptions extends ClientOptions {
  /** The tables are `PREFIX-users` and `PREFIX-sessions`. */
  readonly prefix: string;
  /** A client to use in place of one of the store's own; its owner closes it. */
  readonly client?: DynamoDBClient;
}

/** Opens the store. Nothing is sent yet: a missing table shows itself at the first call. */
export function openDynamodb(options: DynamodbOptions): OpenStore {
  const { prefix, endpoint, deadline = defaultDeadline } = options;
  const client = options.client ?? createClient(options);
  const connection: Connection = {
    client,
    tables: tablesOf(prefix),
    run: (doing, work) => within(deadline, doing, work),
  };
  return {
    description: `dynamodb:${prefix}${endpoint === undefined ? '' : `@${endpoint}`}`,
    records: dynamodbRecords(connection),
    accounts: dynamodbAccounts(connection),
    sessions: dynamodbSessions(connection),
    spent: dynamodbSpent(connection),
    refused: dynamodbRefused(connection),
    prepare: () => createTables(client, prefix),
    // The sessions table's TTL does it.
    async sweep() {},
    async close() {
      if (!options.client) client.destroy();
    },
  };
}
