/** The core's ports over DynamoDB: the part of the store that the protocol's functions need. */
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { Store } from '../../../core/ports.ts';
import { withDeadline } from '../../deadline.ts';
import { dynamodbUri, type StoreUri } from '../store-uri.ts';
import { dynamodbAccounts } from './accounts.ts';
import { type ClientOptions, createClient, defaultDeadline } from './client.ts';
import type { Connection } from './connection.ts';
import { dynamodbError } from './dynamodb-errors.ts';
import { dynamodbRecords } from './records.ts';
import { dynamodbSecretIds } from './secret-ids.ts';
import { dynamodbRefused, dynamodbSessions, dynamodbSpent } from './sessions.ts';
import { tablesOf } from './tables.ts';

/** Where the tables are. */
export interface DynamodbOptions extends ClientOptions {
  /** The tables are `PREFIX-users` and `PREFIX-sessions`. */
  readonly prefix: string;
  /** A client to use instead of a new one. The caller closes it. */
  readonly client?: DynamoDBClient;
}

/** Opens a connection. Nothing is sent yet: a missing table is found by the first call. */
export function connect(options: DynamodbOptions): Connection {
  const { prefix, deadline = defaultDeadline } = options;
  return {
    client: options.client ?? createClient(options),
    tables: tablesOf(prefix),
    async run(doing, work) {
      try {
        return await withDeadline(deadline, work);
      } catch (cause) {
        throw dynamodbError(doing, cause);
      }
    },
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
    secretIds: dynamodbSecretIds(connection),
  };
}

/** Opens the ports alone, for a packaged function. */
export function openDynamodbPorts(uri: StoreUri): Store {
  return dynamodbPorts(connect(dynamodbUri(uri)));
}
