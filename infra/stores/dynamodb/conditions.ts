/** Conditional writes. They decide which call wins when several write the same row. */
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
 * Puts a row unless there is one with its key. Returns whether this call's row is in the table. The row has a random
 * `attempt`: when the SDK repeats a put whose reply was lost, the repetition finds the row of the first try and
 * recognises it as its own.
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
 * Replaces an account's row if it still has this revision; a row without one has revision 0. A repeated request
 * recognises its own row, as in `putOnce`.
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

/** Updates a row; `undefined` when the condition is false. */
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
