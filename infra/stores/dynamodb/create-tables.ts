/** Creates the two tables where no CloudFormation stack does. */
import {
  CreateTableCommand,
  type CreateTableCommandInput,
  DescribeTimeToLiveCommand,
  type DynamoDBClient,
  ResourceInUseException,
  UpdateTimeToLiveCommand,
  waitUntilTableExists,
} from '@aws-sdk/client-dynamodb';
import { dynamodbError } from './dynamodb-errors.ts';
import { tablesOf } from './tables.ts';

/** Seconds to wait for a new table. */
const longestWait = 120;

/**
 * Creates missing tables, billed on demand, with TTL on the sessions, and waits until they are active. Existing
 * tables are not changed.
 * @throws {StoreUnavailable | StoreFailed}
 */
export async function createTables(client: DynamoDBClient, prefix: string): Promise<void> {
  const { users, sessions } = tablesOf(prefix);
  try {
    await Promise.all([
      createTable(client, users, 'username'),
      createTable(client, sessions, 'owner', 'item'),
    ]);
    await enableTimeToLive(client, sessions);
  } catch (cause) {
    throw dynamodbError(`making the tables of ${prefix}`, cause);
  }
}

async function createTable(
  client: DynamoDBClient,
  name: string,
  partition: string,
  sort?: string,
): Promise<void> {
  const keys = sort === undefined ? [partition] : [partition, sort];
  const input: CreateTableCommandInput = {
    TableName: name,
    BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: keys.map((key) => ({ AttributeName: key, AttributeType: 'S' })),
    KeySchema: keys.map((key, i) => ({ AttributeName: key, KeyType: i === 0 ? 'HASH' : 'RANGE' })),
  };
  try {
    await client.send(new CreateTableCommand(input));
  } catch (error) {
    if (!(error instanceof ResourceInUseException)) throw error;
  }
  await waitUntilTableExists({ client, minDelay: 1, maxWaitTime: longestWait }, { TableName: name });
}

async function enableTimeToLive(client: DynamoDBClient, table: string): Promise<void> {
  try {
    const { TimeToLiveDescription } = await client.send(new DescribeTimeToLiveCommand({ TableName: table }));
    if (TimeToLiveDescription?.TimeToLiveStatus !== 'DISABLED') return;
    const specification = { AttributeName: 'expires', Enabled: true };
    const input = { TableName: table, TimeToLiveSpecification: specification };
    await client.send(new UpdateTimeToLiveCommand(input));
  } catch (error) {
    // dynalite reports time to live but cannot set it, so rows are never deleted there.
    if (!(error instanceof Error) || error.name !== 'UnknownOperationException') throw error;
  }
}
