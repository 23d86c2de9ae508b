/** Accounts, in the users table. */
import { marshall } from '@aws-sdk/util-dynamodb';
import type { Accounts } from '../../../core/ports.ts';
import { putOnce, update } from './conditions.ts';
import type { Connection } from './connection.ts';
import { accountItem } from './items.ts';

/** Every write counts it up, so that an operator's change meets none that it has not seen. */
const revision = { '#revision': 'revision' };

/** The core's port over the users table. */
export function dynamodbAccounts({ client, tables, run }: Connection): Accounts {
  const TableName = tables.users;
  return {
    add: (account) =>
      run('adding an account', async (signal) => {
        const ours = await putOnce(client, signal, TableName, 'username', accountItem(account));
        return ours ? 'added' : 'taken';
      }),

    // The row remembers who ended its sessions last: a request that was taken for lost, sent again
    // and then arrives after all must not end the sessions that were made since.
    endSessions: (username) =>
      run('ending sessions', async (signal) => {
        await update(client, signal, {
          TableName,
          Key: marshall({ username }),
          UpdateExpression: 'SET #ending = :ending ADD #generation :one, #revision :one',
          ConditionExpression:
            'attribute_exists(#username) AND (attribute_not_exists(#ending) OR #ending <> :ending)',
          ExpressionAttributeNames: {
            '#ending': 'ending',
            '#generation': 'generation',
            '#username': 'username',
            ...revision,
          },
          ExpressionAttributeValues: marshall({ ':ending': crypto.randomUUID(), ':one': 1 }),
        });
      }),

    replaceVerifier: (username, old, replacement) =>
      run('replacing a verifier', async (signal) => {
        await update(client, signal, {
          TableName,
          Key: marshall({ username }),
          UpdateExpression: 'SET #password.#verifier = :replacement ADD #revision :one',
          ConditionExpression: '#password.#verifier.#phc = :phc AND #password.#verifier.#secret = :secret',
          ExpressionAttributeNames: {
            '#password': 'password',
            '#verifier': 'verifier',
            '#phc': 'phc',
            '#secret': 'secret',
            ...revision,
          },
          ExpressionAttributeValues: marshall({
            ':phc': old.phc,
            ':secret': old.secret,
            ':replacement': { phc: replacement.phc, secret: replacement.secret },
            ':one': 1,
          }),
        });
      }),

    replaceBcrypt: (username, bcrypt, replacement) =>
      run('replacing a bcrypt hash', async (signal) => {
        await update(client, signal, {
          TableName,
          Key: marshall({ username }),
          UpdateExpression: 'SET #password = :replacement ADD #revision :one',
          ConditionExpression: '#password.#bcrypt = :bcrypt',
          ExpressionAttributeNames: { '#password': 'password', '#bcrypt': 'bcrypt', ...revision },
          ExpressionAttributeValues: marshall({ ':bcrypt': bcrypt, ':replacement': replacement, ':one': 1 }),
        });
      }),

    noteKeyUse: (username, key, at) =>
      run('noting the use of a client key', async (signal) => {
        await update(client, signal, {
          TableName,
          Key: marshall({ username }),
          UpdateExpression: 'SET #keys.#key.#lastUsed = :at ADD #revision :one',
          ConditionExpression: 'attribute_exists(#keys.#key)',
          ExpressionAttributeNames: {
            '#keys': 'clientKeys',
            '#key': key,
            '#lastUsed': 'lastUsed',
            ...revision,
          },
          ExpressionAttributeValues: marshall({ ':at': at, ':one': 1 }),
        });
      }),
  };
}
