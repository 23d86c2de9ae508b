/** The store that matters: two DynamoDB tables behind the core's ports. */
import type { OpenStore } from '../open-store.ts';
import { dynamodbAdministration } from './administration.ts';
import { isLoopback } from './client.ts';
import { createTables } from './create-tables.ts';
import { askTime, inspectTables } from './inspection.ts';
import { connect, type DynamodbOptions, dynamodbPorts } from './ports.ts';

/** Opens the store. Nothing is sent yet: a missing table shows itself at the first call. */
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
    // The sessions table's TTL does it.
    async sweep() {},
    async close() {
      if (!options.client) client.destroy();
    },
  };
}
