/** Takes from a store all that lets people in, for another store of any kind. */
import { Readable } from 'node:stream';
import type { Account } from '../../core/accounts/account.ts';
import type { PageCursor } from '../../core/accounts/administration.ts';
import type { Session } from '../../core/sessions/session.ts';
import type { SessionId } from '../../core/sessions/session-string.ts';
import { encryptStream, type Passphrase } from '../secrets/passphrase.ts';
import { OperationRefused, secondsOf } from './operator-context.ts';
import { type RecordLine, writeRecordLine } from './record-lines.ts';
import { neededSecrets } from './secret-usage.ts';
import type { OperatorContext } from './verb-definition.ts';

/** Accounts of a page: their sessions are read at the same time. */
const pageSize = 25;

type Exporting = Pick<OperatorContext, 'store' | 'source' | 'clock'>;

/** About how many characters are encrypted at once. */
const pieceLength = 64 * 1024;

/**
 * Every token, account and session that has not ended, and the root secrets that they need, encrypted to the passphrase.
 * All of it, so that nobody on the way can cut it or add to it: a session or a token that was added would let its maker in.
 * @throws {OperationRefused} where the root secret is not the store's
 */
export async function* exportRecords(
  operator: Exporting,
  passphrase: Passphrase,
): AsyncGenerator<Uint8Array> {
  const plain = Readable.toWeb(Readable.from(piecesOf(recordsOf(operator)))) as ReadableStream<Uint8Array>;
  yield* await encryptStream(plain, passphrase);
}

async function* piecesOf(records: AsyncIterable<RecordLine>): AsyncGenerator<Uint8Array> {
  let piece = '';
  for await (const record of records) {
    piece += `${writeRecordLine(record)}\n`;
    if (piece.length < pieceLength) continue;
    yield new TextEncoder().encode(piece);
    piece = '';
  }
  yield new TextEncoder().encode(piece);
}

async function* recordsOf(operator: Exporting): AsyncGenerator<RecordLine> {
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
  yield { kind: 'header', secrets: keyring.without(unused).reveal() };
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
