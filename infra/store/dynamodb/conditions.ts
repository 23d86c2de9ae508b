/** Conditional writes: each race of the ports is decided by one of these. */
import {
  ConditionalCheckFailedException,
  type DynamoDBClient,
  PutItemCommand,
  UpdateItemCommand,
  type UpdateItemCommandInput,
  type UpdateItemCommandOutput,
} from '@aws-sdk/client-dynamodb';
import type { Item } from './items.ts';

/**
 * Puts a row unless one has its key; tells whether this call's row is there. The row carries a
 * random `attempt`: when the SDK repeats a put whose reply was lost, the repetition meets the
 * row of the first and still counts as ours.
 */
export async function putOnce(
  client: DynamoDBClient,
  signal: AbortSignal,
  table: string,
  partition: 'username' | 'owner',
  item: Item,
): Promise<boolean> {
  const attempt = crypto.randomUUID();
  const command = new PutItemCommand({
    TableName: table,
    Item: { ...item, attempt: { S: attempt } },
    ConditionExpression: 'attribute_not_exists(#partition)',
    ExpressionAttributeNames: { '#partition': partition },
    ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
  });
  return wasOurs(client, signal, command, attempt);
}

async function wasOurs(
  client: DynamoDBClient,
  signal: AbortSignal,
  command: PutItemCommand,
  attempt: string,
): Promise<boolean> {
  try {
    await client.send(command, { abortSignal: signal });
    return true;
  } catch (error) {
    if (!(error instanceof ConditionalCheckFailedException)) throw error;
    return error.Item?.['attempt']?.S === attempt;
  }
}

/**
 * Replaces an account's row while it is of this revision; a row without one is of revision 0. A
 * repetition whose first reply was lost still counts, as in `putOnce`.
 */
export async function replaceOnce(
  client: DynamoDBClient,
  signal: AbortSignal,
  table: string,
  item: Item,
  revision: number,
): Promise<boolean> {
  const attempt = crypto.randomUUID();
  const unwritten = revision === 0 ? 'attribute_not_exists(#revision) OR ' : '';
  const command = new PutItemCommand({
    TableName: table,
    Item: { ...item, attempt: { S: attempt } },
    ConditionExpression: `attribute_exists(#username) AND (${unwritten}#revision = :revision)`,
    ExpressionAttributeNames: { '#username': 'username', '#revision': 'revision' },
    ExpressionAttributeValues: { ':revision': { N: String(revision) } },
    ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
  });
  return wasOurs(client, signal, command, attempt);
}

/** Updates a row; a condition that does not hold makes it `undefined`. */
export async function update(
  client: DynamoDBClient,
  signal: AbortSignal,
  input: UpdateItemCommandInput,
): Promise<UpdateItemCommandOutput | undefined> {
  try {
    return await client.send(new UpdateItemCommand(input), { abortSignal: signal });
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return undefined;
    throw error;
  }
}
