/** The DynamoDB store: two tables. */
import type { OpenStore } from '../open-store.ts';
import { dynamodbUri, type StoreUri } from '../store-uri.ts';
import { isLoopback } from './client.ts';
import { createTables } from './create-tables.ts';
import { dynamodbAdministration } from './dynamodb-administration.ts';
import { connect, type DynamodbOptions, dynamodbPorts } from './dynamodb-ports.ts';
import { askTime, inspectTables } from './inspection.ts';

/** Opens the store. Nothing is sent yet: a missing table is found by the first call. */
export function openDynamodb(options: DynamodbOptions): OpenStore {
  const { prefix, endpoint } = options;
  const isEmulator = endpoint !== undefined && isLoopback(new URL(endpoint).hostname);
  const connection = connect(options);
  const { client } = connection;
  return {
    description: `dynamodb:${prefix}${endpoint === undefined ? '' : `@${endpoint}`}`,
    ...dynamodbPorts(connection),
    prepare: () => createTables(client, prefix),
    admin: dynamodbAdministration(connection),
    inspect: () => connection.run('looking at the tables', () => inspectTables(client, prefix, isEmulator)),
    serverTime: () => connection.run('asking for the time', () => askTime(client, connection.tables.users)),
    // DynamoDB deletes expired rows by the TTL of the sessions table.
    async sweep() {},
    async close() {
      if (!options.client) client.destroy();
    },
  };
}

/** Opens the whole store, for the packaged admin function. */
export function openDynamodbStore(uri: StoreUri): OpenStore {
  return openDynamodb(dynamodbUri(uri));
}
