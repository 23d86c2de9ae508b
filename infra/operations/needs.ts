/** What in a store still takes which root secret. */
import type { Account } from '../../core/account.ts';
import { sealedWith } from '../secrets/sealed-text.ts';
import { eachAccount } from './accounts.ts';
import type { Operator } from './operator.ts';

/** How many of each take one secret. */
export interface Needs {
  /** Sealed digests, of passwords and client keys. */
  readonly sealed: number;
  /** Password verifiers with a sealed digest beside them, which can be renewed without the password. */
  readonly verifiers: number;
  /** Password verifiers that only the next log-in can renew. */
  readonly logins: number;
}

const none: Needs = { sealed: 0, verifiers: 0, logins: 0 };

/** Counts over the first `most` accounts, or all; by the id of the secret. */
export async function countNeeds(
  operator: Pick<Operator, 'store'>,
  most = Number.POSITIVE_INFINITY,
): Promise<ReadonlyMap<string, Needs>> {
  let counted = 0;
  const needs = new Map<string, Needs>();
  const count = (id: string | undefined, kind: keyof Needs) => {
    if (id === undefined) return;
    const before = needs.get(id) ?? none;
    needs.set(id, { ...before, [kind]: before[kind] + 1 });
  };
  for await (const account of eachAccount(operator)) {
    if (++counted > most) break;
    for (const sealed of sealedIn(account)) count(sealedWith(sealed), 'sealed');
    const { password } = account;
    if (!password || password.accepts === 'plainOnce') continue;
    count(password.verifier.secret, password.accepts === 'anyForm' ? 'verifiers' : 'logins');
  }
  return needs;
}

function sealedIn({ password, clientKeys }: Account): string[] {
  const ofKeys = clientKeys.map(({ sealed }) => sealed);
  return password?.accepts === 'anyForm' ? [password.sealed, ...ofKeys] : ofKeys;
}
