/** The core's ports over DynamoDB: all that a packaged function needs of the store. */
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { Store } from '../../../core/ports.ts';
import { dynamodbAccounts } from './accounts.ts';
import { type ClientOptions, createClient, defaultDeadline } from './client.ts';
import type { Connection } from './connection.ts';
import { within } from './deadline.ts';
import { dynamodbRecords } from './records.ts';
import { dynamodbRefused, dynamodbSessions, dynamodbSpent } from './sessions.ts';
import { tablesOf } from './tables.ts';

/** Where the tables are. */
export interface DynamodbOptions extends ClientOptions {
  /** The tables are `PREFIX-users` and `PREFIX-sessions`. */
  readonly prefix: string;
  /** A client to use in place of one of the store's own; its owner closes it. */
  readonly client?: DynamoDBClient;
}

/** Opens a connection. Nothing is sent yet: a missing table shows itself at the first call. */
export function connect(options: DynamodbOptions): Connection {
  const { prefix, deadline = defaultDeadline } = options;
  return {
    client: options.client ?? createClient(options),
    tables: tablesOf(prefix),
    run: (doing, work) => within(deadline, doing, work),
  };
}

/** The ports over a connection. */
export function dynamodbPorts(connection: Connection): Store {
  return {
    records: dynamodbRecords(connection),
    accounts: dynamodbAccounts(connection),
    sessions: dynamodbSessions(connection),
    spent: dynamodbSpent(connection),
    refused: dynamodbRefused(connection),
  };
}
