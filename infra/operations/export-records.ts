/** Takes from a store all that lets people in, for another store of any kind. */
import type { Account } from '../../core/accounts/account.ts';
import type { PageCursor } from '../../core/accounts/administration.ts';
import type { Session } from '../../core/sessions/session.ts';
import type { SessionId } from '../../core/sessions/session-string.ts';
import { encryptText, type Passphrase } from '../secrets/passphrase.ts';
import { OperationRefused, secondsOf } from './operator-context.ts';
import type { RecordLine } from './record-lines.ts';
import { neededSecrets } from './secret-usage.ts';
import type { OperatorContext } from './verb-definition.ts';

/** Accounts of a page: their sessions are read at the same time. */
const pageSize = 25;

type Exporting = Pick<OperatorContext, 'store' | 'source' | 'clock'>;

/**
 * Every token, account and session that has not ended. Hashes and sealed parts are as they are stored: they are of no use
 * without the root secrets, which are encrypted to the passphrase.
 * @throws {OperationRefused} where the root secret is not the store's
 */
export async function* exportRecords(
  operator: Exporting,
  passphrase: Passphrase,
): AsyncGenerator<RecordLine> {
  const { store, source } = operator;
  const keyring = (await source.read()).rotated();
  const needed = await neededSecrets(store);
  const missing = [...needed].filter((id) => !keyring.ids().includes(id));
  if (missing.length > 0) {
    throw new OperationRefused(
      `${source.description} lacks the secret ${missing.join(', ')}; check --secret`,
    );
  }
  const unused = keyring.ids().filter((id) => !needed.has(id));
  yield { kind: 'header', secrets: await encryptText(keyring.without(unused).reveal(), passphrase) };
  for (const token of await store.admin.tokens.list()) yield { kind: 'token', token };
  let after: PageCursor | undefined;
  do {
    const { accounts, next } = await store.admin.accounts.page(after, pageSize);
    const sessions = await Promise.all(accounts.map(({ account }) => sessionsOf(operator, account)));
    for (const [i, { account }] of accounts.entries()) {
      yield { kind: 'account', account };
      for (const session of sessions[i] ?? []) yield { kind: 'session', session };
    }
    after = next;
  } while (after !== undefined);
}

/** Those of a suspended account, too: they are valid again when it is. */
async function sessionsOf(operator: Exporting, account: Account): Promise<readonly Session[]> {
  const now = secondsOf(operator);
  const found: Session[] = [];
  let after: SessionId | undefined;
  do {
    const { sessions, next } = await operator.store.admin.sessions.page(account.username, after, 500);
    found.push(
      ...sessions.filter(({ expires, generation }) => now < expires && generation === account.generation),
    );
    after = next;
  } while (after !== undefined);
  return found;
}
