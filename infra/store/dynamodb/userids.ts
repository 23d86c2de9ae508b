/** Userids, each of one account alone: rows of their own in the users table. */
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import type { Account, UserId } from '../../../core/account.ts';
import { update } from './conditions.ts';
import type { Item } from './items.ts';

/**
 * Numbers are kept unique by rows of their own beside the accounts, and counted in one more. Their
 * keys begin with `#`, which no username does.
 */
const claimKey = (userid: UserId): Item => ({ username: { S: `#userid#${userid}` } });

/** Key of the row that counts them. */
export const counterKey: Item = { username: { S: '#userids' } };

/** Whether the number is this account's now. */
export async function claim(
  client: DynamoDBClient,
  signal: AbortSignal,
  TableName: string,
  { username, userid }: Account,
): Promise<boolean> {
  const reply = await update(client, signal, {
    TableName,
    Key: claimKey(userid),
    UpdateExpression: 'SET #account = :username',
    ConditionExpression: 'attribute_not_exists(#account) OR #account = :username',
    ExpressionAttributeNames: { '#account': 'account' },
    ExpressionAttributeValues: marshall({ ':username': username }),
  });
  return reply !== undefined;
}

/** Gives a number back, if it is this account's. */
export async function release(
  client: DynamoDBClient,
  signal: AbortSignal,
  TableName: string,
  { username, userid }: Account,
): Promise<void> {
  await update(client, signal, {
    TableName,
    Key: claimKey(userid),
    UpdateExpression: 'REMOVE #account',
    ConditionExpression: '#account = :username',
    ExpressionAttributeNames: { '#account': 'account' },
    ExpressionAttributeValues: marshall({ ':username': username }),
  });
}
