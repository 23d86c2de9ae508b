/** Tokens of a site's own code: a row for each in the users table, and one with the ids of all. */
import { DeleteItemCommand } from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import type { TokenDirectory } from '../../../core/accounts/administration.ts';
import type { Token, TokenId } from '../../../core/auth/token.ts';
import { parseTokenId } from '../../../core/auth/token.ts';
import { StoreFailed } from '../../../core/failures.ts';
import { decodeToken } from '../token-record.ts';
import { getAll } from './batches.ts';
import { putOnce, update } from './conditions.ts';
import type { Connection } from './connection.ts';
import type { Item } from './items.ts';

/** No username has a `#`. */
const keyOf = (id: TokenId): Item => ({ username: { S: `#token#${id}` } });
const idsKey: Item = { username: { S: '#tokens' } };

/**
 * The tokens of the users table. An id is listed before its row is there, and as long as it is there: what breaks
 * off in between leaves at most an id without a row, which is ignored.
 */
export function dynamodbTokens({ client, tables, run }: Connection): TokenDirectory {
  const TableName = tables.users;

  async function rows(signal: AbortSignal, keys: readonly Item[]): Promise<readonly Item[]> {
    const found = await getAll(
      client,
      signal,
      keys.map((key) => [TableName, key] as const),
    );
    return found.get(TableName) ?? [];
  }

  const list = (signal: AbortSignal, action: 'ADD' | 'DELETE', id: TokenId) =>
    update(client, signal, {
      TableName,
      Key: idsKey,
      UpdateExpression: `${action} #ids :ids`,
      ExpressionAttributeNames: { '#ids': 'ids' },
      ExpressionAttributeValues: { ':ids': { SS: [id] } },
    });

  return {
    read: (id) =>
      run('reading a token', async (signal) => {
        const [row] = await rows(signal, [keyOf(id)]);
        return row && tokenIn(row);
      }),
    list: () =>
      run('listing tokens', async (signal) => {
        const [index] = await rows(signal, [idsKey]);
        const ids = (index?.['ids']?.SS ?? []).flatMap((text) => parseTokenId(text) ?? []);
        return (await rows(signal, ids.map(keyOf))).map(tokenIn);
      }),
    add: (token) =>
      run('adding a token', async (signal) => {
        await list(signal, 'ADD', token.id);
        const { id, ...members } = token;
        const item = { ...keyOf(id), ...marshall({ id, ...members }, { removeUndefinedValues: true }) };
        if (!(await putOnce(client, signal, TableName, 'username', item))) {
          throw new StoreFailed('a token has this id already');
        }
      }),
    remove: (id) =>
      run('removing a token', async (signal) => {
        const command = new DeleteItemCommand({ TableName, Key: keyOf(id), ReturnValues: 'ALL_OLD' });
        const { Attributes: old } = await client.send(command, { abortSignal: signal });
        await list(signal, 'DELETE', id);
        return old ? 'removed' : 'unknown';
      }),
    noteUse: (id, at) =>
      run("noting a token's use", async (signal) => {
        await update(client, signal, {
          TableName,
          Key: keyOf(id),
          UpdateExpression: 'SET #lastUsed = :at',
          ConditionExpression: 'attribute_exists(#username)',
          ExpressionAttributeNames: { '#lastUsed': 'lastUsed', '#username': 'username' },
          ExpressionAttributeValues: { ':at': { N: String(at) } },
        });
      }),
  };
}

function tokenIn(item: Item): Token {
  return decodeToken(unmarshall(item));
}
