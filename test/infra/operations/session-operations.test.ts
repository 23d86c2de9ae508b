/** An account's sessions, however many: listed a page at a time, and ended in one write. */
import { expect, test } from 'vitest';
import type { Username } from '../../../core/accounts/username.ts';
import type { Session } from '../../../core/sessions/session.ts';
import type { SessionId } from '../../../core/sessions/session-string.ts';
import { addAccount } from '../../../infra/operations/account-operations.ts';
import {
  eachSession,
  endGeneration,
  expireSessions,
  listSessions,
} from '../../../infra/operations/session-operations.ts';
import { verbs } from '../../../infra/operations/verbs.ts';
import { testOperator } from './test-operator.ts';

const owner = 'alice' as Username;
type Operator = ReturnType<typeof testOperator>;

/** An operator, and the account alice with so many sessions: ids from 1. */
async function withSessions(count: number, over: readonly number[] = []) {
  const operator = testOperator();
  const { generation } = await addAccount(operator, { username: owner });
  const now = Math.floor(operator.clock.now() / 1000);
  const ids = Array.from({ length: count }, (_, i) => i + 1);
  await Promise.all(
    ids.map((id) => {
      const session: Session = {
        owner,
        id: id as SessionId,
        digest: 'd',
        generation: over.includes(id) ? generation - 1 : generation,
        term: 'short',
        created: now,
        expires: now + 60,
      };
      return operator.store.sessions.add(session);
    }),
  );
  return operator;
}

async function all(operator: Operator): Promise<number[]> {
  const ids: number[] = [];
  for await (const { id } of eachSession(operator, owner)) ids.push(id);
  return ids;
}

test('pages have each valid session once, the highest id first, and say what comes next', async () => {
  const operator = await withSessions(25, [24, 20]);
  const ids: number[] = [];
  let after: SessionId | undefined;
  do {
    const page = await listSessions(operator, owner, after, 10);
    expect(page.sessions.length).toBeLessThanOrEqual(10);
    ids.push(...page.sessions.map(({ id }) => id));
    after = page.next as SessionId | undefined;
  } while (after !== undefined);
  const valid = Array.from({ length: 25 }, (_, i) => 25 - i).filter((id) => id !== 24 && id !== 20);
  expect(ids).toEqual(valid);
  expect(await all(operator)).toEqual(valid);
});

test('a valid session is found behind any number that are over', async () => {
  const over = Array.from({ length: 499 }, (_, i) => i + 2);
  const operator = await withSessions(500, over);
  expect(await all(operator)).toEqual([1]);
  expect(await listSessions(operator, owner, undefined, 50)).toMatchObject({ sessions: [{ id: 1 }] });
});

test('the verb lists with a cursor', async () => {
  const operator = await withSessions(3);
  const first = await verbs['sessions list'].run(operator, { username: owner, limit: 2 });
  expect(first).toMatchObject({ sessions: [{ id: 3 }, { id: 2 }], next: 2 });
  const second = await verbs['sessions list'].run(operator, { username: owner, limit: 2, after: first.next });
  expect(second).toMatchObject({ sessions: [{ id: 1 }] });
  expect(second).not.toHaveProperty('next');
});

test('sessions are ended by id, or none is when one of them is over', async () => {
  const operator = await withSessions(3, [2]);
  const ids = [1, 2] as SessionId[];
  await expect(expireSessions(operator, owner, ids)).rejects.toThrow('account "alice" has no session 2;');
  expect(await all(operator)).toEqual([3, 1]);
  await expireSessions(operator, owner, ids.slice(0, 1));
  expect(await all(operator)).toEqual([3]);
});

test('an owner ends all in one write, and gets the account in its new generation', async () => {
  const operator = await withSessions(300);
  const account = await operator.account('alice');
  if (!account) throw new Error('alice is not there');
  const ended = await endGeneration(operator, account);
  expect(ended).toEqual({ ...account, generation: account.generation + 1 });
  expect(await operator.account('alice')).toEqual(ended);
  expect(await all(operator)).toEqual([]);
});
