/** Refused log-ins for operators, over the sessions table. */
import { ScanCommand } from '@aws-sdk/client-dynamodb';
import type { RefusalDirectory } from '../../../core/accounts/administration.ts';
import { isKeyOf, parseRefusalKey, type RefusalKey } from '../../../core/auth/bans.ts';
import { deleteAll } from './batches.ts';
import type { Connection } from './connection.ts';
import { type Item, refusedKey, timeMembers, timeOf } from './items.ts';

/**
 * The refusals of the sessions table. To find them the whole table is read: the only index that could help would
 * put all refusals of an account, from however many addresses, into one partition that strangers can exhaust.
 */
export function dynamodbRefusals({ client, tables, run }: Connection): RefusalDirectory {
  const TableName = tables.sessions;
  return {
    async find(of) {
      const [test, text] =
        'account' in of
          ? ['begins_with(#owner, :text)', `refused#${of.account}@`]
          : ['begins_with(#owner, :refused) AND contains(#owner, :text)', `@${of.network}`];
      const found = new Map<RefusalKey, readonly number[]>();
      let start: Item | undefined;
      do {
        const reply = await run('looking for refused log-ins', (signal) =>
          client.send(
            new ScanCommand({
              TableName,
              ConsistentRead: true,
              FilterExpression: test,
              ExpressionAttributeNames: { '#owner': 'owner' },
              ExpressionAttributeValues: {
                ':text': { S: text },
                ...('network' in of && { ':refused': { S: 'refused#' } }),
              },
              ...(start && { ExclusiveStartKey: start }),
            }),
            { abortSignal: signal },
          ),
        );
        for (const item of reply.Items ?? []) {
          const key = parseRefusalKey(item['owner']?.S?.replace('refused#', '') ?? '');
          if (key && isKeyOf(key, of)) found.set(key, timeMembers(item).map(timeOf));
        }
        start = reply.LastEvaluatedKey;
      } while (start);
      return found;
    },
    remove: (keys) =>
      run('removing refused log-ins', (signal) => deleteAll(client, signal, TableName, keys.map(refusedKey))),
  };
}
