/** Rows that expire, in the sessions table: sessions, spent challenges, refused log-ins. */
import { marshall } from '@aws-sdk/util-dynamodb';
import type { RefusalEntry, RefusedLogins, Sessions, SpentChallenges } from '../../../core/ports.ts';
import { putAll } from './batches.ts';
import { putOnce, update } from './conditions.ts';
import type { Connection } from './connection.ts';
import {
  refusedKey,
  sessionItem,
  sessionKey,
  spentKey,
  timeMember,
  timeMembers,
  timeOf,
  tombstone,
} from './items.ts';

/** The core's port. An ended session leaves a tombstone, so that its id is never used again. */
export function dynamodbSessions({ client, tables, run }: Connection): Sessions {
  return {
    add: (session) =>
      run('adding a session', async (signal) => {
        const ours = await putOnce(client, signal, tables.sessions, 'owner', sessionItem(session));
        return ours ? 'added' : 'taken';
      }),
    expire: (owner, ids, keepUntil) =>
      run('expiring sessions', async (signal) => {
        const tombstones = [...new Set(ids)].map((id) => tombstone(owner, id, keepUntil));
        await putAll(client, signal, tables.sessions, tombstones);
      }),
    noteUse: (owner, id, at) =>
      run('noting the use of a session', async (signal) => {
        await update(client, signal, {
          TableName: tables.sessions,
          Key: sessionKey(owner, id),
          UpdateExpression: 'SET #lastUsed = :at',
          // A tombstone has no digest.
          ConditionExpression: 'attribute_exists(#digest)',
          ExpressionAttributeNames: { '#lastUsed': 'lastUsed', '#digest': 'digest' },
          ExpressionAttributeValues: { ':at': { N: String(at) } },
        });
      }),
  };
}

/** The core's port. The call that first puts a challenge's row spends it. */
export function dynamodbSpent({ client, tables, run }: Connection): SpentChallenges {
  return {
    spend: (nonce, keepUntil) =>
      run('spending a challenge', async (signal) => {
        const item = { ...spentKey(nonce), ...marshall({ expires: keepUntil }) };
        const put = await putOnce(client, signal, tables.sessions, 'owner', item);
        return put ? 'spent' : 'again';
      }),
  };
}

/** Times that a row may have before old ones are removed. */
const tidyAbove = 50;

/** The core's port. A row has the times of its refusals as a set, which loses none when calls write at once. */
export function dynamodbRefused({ client, tables, run }: Connection): RefusedLogins {
  const count = async (signal: AbortSignal, { key, dropBefore, keepUntil }: RefusalEntry, at: number) => {
    const row = { TableName: tables.sessions, Key: refusedKey(key) };
    const counted = await update(client, signal, {
      ...row,
      UpdateExpression: 'ADD #times :time SET #expires = :expires',
      ExpressionAttributeNames: { '#times': 'times', '#expires': 'expires' },
      ExpressionAttributeValues: {
        ':time': { NS: [timeMember(at)] },
        ':expires': { N: String(Math.ceil(keepUntil / 1000)) },
      },
      ReturnValues: 'UPDATED_NEW',
    });
    const members = timeMembers(counted?.Attributes);
    const times = [key, members.map(timeOf)] as const;
    const old = members.filter((member) => timeOf(member) < dropBefore);
    if (members.length <= tidyAbove || old.length === 0) return times;
    await update(client, signal, {
      ...row,
      UpdateExpression: 'DELETE #times :old',
      ExpressionAttributeNames: { '#times': 'times' },
      ExpressionAttributeValues: { ':old': { NS: old } },
    });
    return times;
  };
  return {
    count: (entries, at) =>
      run('counting a refused log-in', async (signal) => {
        return new Map(await Promise.all(entries.map((entry) => count(signal, entry, at))));
      }),
  };
}
