/** Accounts, in the users table. */
import { marshall } from '@aws-sdk/util-dynamodb';
import type { Accounts } from '../../../core/ports.ts';
import { putOnce, update } from './conditions.ts';
import type { Connection } from './connection.ts';
import { accountItem } from './items.ts';

/** The core's port over the users table. */
export function dynamodbAccounts({ client, tables, run }: Connection): Accounts {
  const TableName = tables.users;
  return {
    add: (account) =>
      run('adding an account', async (signal) => {
        const ours = await putOnce(client, signal, TableName, 'username', accountItem(account));
        return ours ? 'added' : 'taken';
      }),

    endSessions: (username) =>
      run('ending sessions', async (signal) => {
        await update(client, signal, {
          TableName,
          Key: marshall({ username }),
          UpdateExpression: 'ADD #generation :one',
          ConditionExpression: 'attribute_exists(#username)',
          ExpressionAttributeNames: { '#generation': 'generation', '#username': 'username' },
          ExpressionAttributeValues: marshall({ ':one': 1 }),
        });
      }),

    replaceVerifier: (username, old, replacement) =>
      run('replacing a verifier', async (signal) => {
        await update(client, signal, {
          TableName,
          Key: marshall({ username }),
          UpdateExpression: 'SET #password.#verifier = :replacement',
          ConditionExpression: '#password.#verifier.#phc = :phc AND #password.#verifier.#secret = :secret',
          ExpressionAttributeNames: {
            '#password': 'password',
            '#verifier': 'verifier',
            '#phc': 'phc',
            '#secret': 'secret',
          },
          ExpressionAttributeValues: marshall({
            ':phc': old.phc,
            ':secret': old.secret,
            ':replacement': { phc: replacement.phc, secret: replacement.secret },
          }),
        });
      }),

    noteKeyUse: (username, key, at) =>
      run('noting the use of a client key', async (signal) => {
        await update(client, signal, {
          TableName,
          Key: marshall({ username }),
          UpdateExpression: 'SET #keys.#key.#lastUsed = :at',
          ConditionExpression: 'attribute_exists(#keys.#key)',
          ExpressionAttributeNames: { '#keys': 'clientKeys', '#key': key, '#lastUsed': 'lastUsed' },
          ExpressionAttributeValues: marshall({ ':at': at }),
        });
      }),
  };
}
