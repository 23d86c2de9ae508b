/** One call to every port method that asks a store. */
import type { ClientKeyId } from '../../../core/account.ts';
import type { RefusalKey } from '../../../core/bans.ts';
import type { Session, SessionId } from '../../../core/session.ts';
import type { OpenStore } from '../../../infra/store/open-store.ts';
import { testAccount } from '../../support/ports.ts';

/** What the operations write. */
export const account = testAccount();
const { username } = account;

export const session: Session = {
  owner: username,
  id: 1 as SessionId,
  digest: 'd',
  generation: 0,
  term: 'short',
  created: 1,
  expires: 2,
};

export const refusalKeys = ['a@192.0.2.1', '*@192.0.2.1'] as RefusalKey[];

const sixty = Array.from({ length: 60 }, (_, i) => (i + 1) as SessionId);

/** The operations, by their names in core/ports.ts. */
export const operations = {
  'records.read': ({ records }: OpenStore) =>
    records.read({ account: username, sessions: [session.id], refusals: refusalKeys }),
  'accounts.add': ({ accounts }: OpenStore) => accounts.add(account),
  'accounts.endSessions': ({ accounts }: OpenStore) => accounts.endSessions(username),
  'accounts.replaceVerifier': ({ accounts }: OpenStore) =>
    accounts.replaceVerifier(username, { phc: 'a', secret: 's' }, { phc: 'b', secret: 's' }),
  'accounts.noteKeyUse': ({ accounts }: OpenStore) =>
    accounts.noteKeyUse(username, 'laptop' as ClientKeyId, 1),
  'sessions.add': ({ sessions }: OpenStore) => sessions.add(session),
  'sessions.expire': ({ sessions }: OpenStore) => sessions.expire(username, sixty, 3),
  'spent.spend': async ({ spent }: OpenStore) => (await spent.spend('nonce', 3)).outcome,
  'refused.count': ({ refused }: OpenStore) =>
    refused.count(
      refusalKeys.map((key) => ({ key, dropBefore: 0, keepUntil: 9 })),
      5,
    ),
} as const;

/** Runs them all at once; what each was rejected with, and the milliseconds that the slowest took. */
export async function failures(
  store: OpenStore,
): Promise<{ readonly errors: readonly (readonly [string, unknown])[]; readonly took: number }> {
  const started = performance.now();
  const errors = await Promise.all(
    Object.entries(operations).map(async ([name, run]) => {
      const outcome: Promise<unknown> = run(store);
      return [name, await outcome.catch((error: unknown) => error)] as const;
    }),
  );
  return { errors, took: performance.now() - started };
}
