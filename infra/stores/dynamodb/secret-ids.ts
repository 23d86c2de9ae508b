/** The ids of the root secrets that something in the tables needs: one row of the users table. */
import type { SecretIds } from '../../../core/ports.ts';
import { getAll } from './batches.ts';
import { update } from './conditions.ts';
import type { Connection } from './connection.ts';
import type { Item } from './items.ts';

/** No username has a `#`. */
const key: Item = { username: { S: '#secrets' } };

/** The core's port over the users table. */
export function dynamodbSecretIds({ client, tables, run }: Connection): SecretIds {
  const change = (doing: string, action: 'ADD' | 'DELETE', ids: readonly string[]) =>
    run(doing, async (signal) => {
      // DynamoDB has no empty sets.
      if (ids.length === 0) return;
      await update(client, signal, {
        TableName: tables.users,
        Key: key,
        UpdateExpression: `${action} #ids :ids`,
        ExpressionAttributeNames: { '#ids': 'ids' },
        ExpressionAttributeValues: { ':ids': { SS: [...ids] } },
      });
    });
  return {
    list: () =>
      run('reading the ids of secrets', async (signal) => {
        const found = await getAll(client, signal, [[tables.users, key]]);
        const [row] = found.get(tables.users) ?? [];
        return row && new Set(row['ids']?.SS ?? []);
      }),
    add: (ids) => change('adding ids of secrets', 'ADD', ids),
    remove: (ids) => change('removing ids of secrets', 'DELETE', ids),
  };
}
