/** One call to every port method that asks a store. */
import type { ClientKeyId } from '../../../core/accounts/account.ts';
import type { RefusalKey } from '../../../core/auth/bans.ts';
import type { Store } from '../../../core/ports.ts';
import type { Session } from '../../../core/sessions/session.ts';
import type { SessionId } from '../../../core/sessions/session-string.ts';
import type { OpenStore } from '../../../infra/stores/open-store.ts';
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

/** The methods of a store's ports, by their names in core/ports.ts. */
type StoreMethod = Exclude<
  { [P in keyof Store]: `${P}.${keyof Store[P] & string}` }[keyof Store],
  'spent.epoch'
>;

/** The operations. */
export const operations = {
  'records.read': ({ records }: OpenStore) =>
    records.read({ account: username, sessions: [session.id], refusals: refusalKeys }),
  'accounts.add': ({ accounts }: OpenStore) => accounts.add(account),
  'accounts.endSessions': ({ accounts }: OpenStore) => accounts.endSessions(username),
  'accounts.replaceVerifier': ({ accounts }: OpenStore) =>
    accounts.replaceVerifier(username, { phc: 'a', secret: 's' }, { phc: 'b', secret: 's' }),
  'accounts.replaceBcrypt': ({ accounts }: OpenStore) =>
    accounts.replaceBcrypt(
      username,
      { accepts: 'plainOnce', bcrypt: '$2a$05$x', becomes: 'plainOnly' },
      { accepts: 'plainOnly', verifier: { phc: 'b', secret: 's' } },
    ),
  'accounts.noteKeyUse': ({ accounts }: OpenStore) =>
    accounts.noteKeyUse(username, 'laptop' as ClientKeyId, 1),
  'sessions.add': ({ sessions }: OpenStore) => sessions.add(session),
  'sessions.noteUse': ({ sessions }: OpenStore) => sessions.noteUse(username, session.id, 1),
  'sessions.expire': ({ sessions }: OpenStore) => sessions.expire(username, sixty, 3),
  'spent.spend': ({ spent }: OpenStore) => spent.spend('nonce', 3),
  'refused.count': ({ refused }: OpenStore) =>
    refused.count(
      refusalKeys.map((key) => ({ key, dropBefore: 0, keepUntil: 9 })),
      5,
    ),
  'secretIds.list': ({ secretIds }: OpenStore) => secretIds.list(),
  'secretIds.add': ({ secretIds }: OpenStore) => secretIds.add(['s']),
  'secretIds.remove': ({ secretIds }: OpenStore) => secretIds.remove(['s']),
} as const satisfies Record<StoreMethod, (store: OpenStore) => Promise<unknown>>;

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
