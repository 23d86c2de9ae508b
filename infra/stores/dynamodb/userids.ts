/** Userids, each of one account only. They are rows in the users table. */
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import type { Account, UserId } from '../../../core/accounts/account.ts';
import { update } from './conditions.ts';
import type { Item } from './items.ts';

/**
 * One row for each userid makes it unique, and one more row counts them. Their keys begin with `#`, which no
 * username does.
 */
const claimKey = (userid: UserId): Item => ({ username: { S: `#userid#${userid}` } });

/** Key of the row that counts them. */
export const counterKey: Item = { username: { S: '#userids' } };

/** Claims the account's userid. Returns whether the account has it now. */
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

/** Releases the account's userid, if the account has it. */
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
