/** Accounts, in the users table. */
import { marshall } from '@aws-sdk/util-dynamodb';
import type { Accounts } from '../../../core/ports.ts';
import { putOnce, update } from './conditions.ts';
import type { Connection } from './connection.ts';
import { accountItem } from './items.ts';

/** Every write increments it, so that an operator's change fails when the account has changed since it was read. */
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

    // The row stores the id of the last request that ended sessions. If the SDK repeats a request and the first copy
    // arrives late, it must not end the sessions that were made since.
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

    replaceBcrypt: (username, old, replacement) =>
      run('replacing a bcrypt hash', async (signal) => {
        await update(client, signal, {
          TableName,
          Key: marshall({ username }),
          UpdateExpression: 'SET #password = :replacement ADD #revision :one',
          ConditionExpression:
            '#password.#accepts = :accepts AND #password.#bcrypt = :bcrypt AND #password.#becomes = :becomes',
          ExpressionAttributeNames: {
            '#password': 'password',
            '#accepts': 'accepts',
            '#bcrypt': 'bcrypt',
            '#becomes': 'becomes',
            ...revision,
          },
          ExpressionAttributeValues: marshall({
            ':accepts': old.accepts,
            ':bcrypt': old.bcrypt,
            ':becomes': old.becomes,
            ':replacement': replacement,
            ':one': 1,
          }),
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
