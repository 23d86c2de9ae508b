/** Brings into a store what an export with verifiers took from another one. */
import type { Account } from '../../core/accounts/account.ts';
import { encodeAccount } from '../../core/accounts/account-record.ts';
import type { Username } from '../../core/accounts/username.ts';
import type { Session } from '../../core/sessions/session.ts';
import type { Keyring } from '../secrets/keyring.ts';
import type { Passphrase } from '../secrets/passphrase.ts';
import { bringSecrets } from './bring-secrets.ts';
import { decryptedExport, notAnExport } from './decrypted-export.ts';
import { type Line, linesOf } from './lines.ts';
import { OperationRefused } from './operator-context.ts';
import { type RecordLine, readRecordLine } from './record-lines.ts';
import { sealedIn } from './secret-usage.ts';
import type { OperatorContext } from './verb-definition.ts';

/** How far it is. */
export interface RecordCounts {
  added: number;
  /** There already, and the same. */
  unchanged: number;
  /** There already, and different: left as they are, and so are their sessions. */
  skipped: number;
  refused: number;
  sessions: number;
  tokens: number;
  /** Of the file. */
  bytes: number;
}

/** How to import. */
export interface RecordImportOptions {
  readonly passphrase: Passphrase;
  readonly onRefused?: (line: { readonly number: number; readonly reason: string }) => void;
  readonly onProgress?: (counts: Readonly<RecordCounts>) => void;
  readonly signal?: AbortSignal;
}

/** An account with its sessions, and the number of its line. */
interface Moved {
  readonly number: number;
  readonly account: Account;
  readonly sessions: Session[];
}

/** Accounts written at once, and the sessions that are held in memory for them. */
const batch = { accounts: 50, sessions: 1000 };

/**
 * Adds the accounts, sessions and tokens, and first the root secrets that they need. It can be interrupted and run again.
 * @throws {OperationRefused} where the file cannot be opened, and then nothing was changed; and where it was cut or changed:
 * what came before that was brought in
 */
export async function importRecords(
  operator: OperatorContext,
  chunks: AsyncIterable<Uint8Array>,
  options: RecordImportOptions,
): Promise<RecordCounts> {
  const { store } = operator;
  const counts: RecordCounts = {
    ...{ added: 0, unchanged: 0, skipped: 0, refused: 0, sessions: 0, tokens: 0, bytes: 0 },
  };
  let keyring: Keyring | undefined;
  let waiting: Moved[] = [];
  let held = 0;

  const refuse = (number: number, reason: string) => {
    counts.refused++;
    options.onRefused?.({ number, reason });
  };

  async function flush(): Promise<void> {
    const moved = waiting;
    [waiting, held] = [[], 0];
    const admitted = moved.filter(({ number, account }) => {
      const reason = refusalOf(account, keyring, store.admin.accounts.oversize(account));
      if (reason !== undefined) refuse(number, reason);
      return reason === undefined;
    });
    if (admitted.length === 0) return;
    const accounts = admitted.map(({ account }) => account);
    await store.admin.accounts.reserveUserids(
      accounts.map(({ userid }) => userid).reduce((most, userid) => (userid > most ? userid : most)),
    );
    const outcomes = await store.admin.accounts.write(accounts.map((account) => ({ kind: 'add', account })));
    const there = await store.admin.accounts.read(
      accounts.filter((_, i) => outcomes[i] === 'conflict').map(({ username }) => username),
    );
    const alive: Session[] = [];
    for (const [i, { number, account, sessions }] of admitted.entries()) {
      if (outcomes[i] === 'useridTaken') {
        refuse(number, `"${account.username}": another account has its userid ${account.userid}`);
        continue;
      }
      const stored = there.get(account.username)?.account;
      const outcome =
        outcomes[i] === 'done' ? 'added' : stored && same(stored, account) ? 'unchanged' : 'skipped';
      counts[outcome]++;
      if (outcome !== 'skipped') alive.push(...sessions);
    }
    await addSessions(alive);
  }

  async function addSessions(sessions: readonly Session[]): Promise<void> {
    for (let i = 0; i < sessions.length; i += batch.accounts) {
      const some = sessions.slice(i, i + batch.accounts);
      const added = await Promise.all(some.map((session) => store.sessions.add(session)));
      counts.sessions += added.filter((outcome) => outcome === 'added').length;
    }
  }

  async function take(line: RecordLine, number: number): Promise<void> {
    switch (line.kind) {
      case 'header':
        return refuse(number, 'is a second header');
      case 'token':
        if (await store.admin.tokens.read(line.token.id)) return;
        await store.admin.tokens.add(line.token);
        counts.tokens++;
        return;
      case 'account':
        if (waiting.length >= batch.accounts || held >= batch.sessions) await flush();
        waiting.push({ number, account: line.account, sessions: [] });
        return;
      case 'session': {
        const last = waiting.at(-1);
        if (last?.account.username !== line.session.owner)
          return refuse(number, 'does not follow its account');
        last.sessions.push(line.session);
        held++;
      }
    }
  }

  for await (const line of linesOf(decryptedExport(chunks, options.passphrase))) {
    if (options.signal?.aborted) break;
    if (!keyring) {
      keyring = await bringSecrets(operator, headerIn(line));
      continue;
    }
    const read = recordIn(line);
    if (typeof read === 'string') refuse(line.number, read);
    else await take(read, line.number);
    counts.bytes = line.end;
    if (line.number % batch.accounts === 0) options.onProgress?.({ ...counts });
  }
  if (!keyring) throw new OperationRefused(notAnExport);
  await flush();
  return counts;
}

function headerIn(line: Line): string {
  const read = recordIn(line);
  if (typeof read !== 'string' && read.kind === 'header') return read.secrets;
  throw new OperationRefused(notAnExport);
}

function recordIn({ bytes }: Line): RecordLine | string {
  if (!bytes) return 'is longer than 4 MiB';
  try {
    return readRecordLine(bytes);
  } catch (error) {
    return error instanceof Error ? error.message : 'cannot be read';
  }
}

/** Why an account cannot come in. */
function refusalOf(
  account: Account,
  keyring: Keyring | undefined,
  oversize: string | undefined,
): string | undefined {
  const { username, password } = account;
  if (oversize !== undefined) return `"${username}" ${oversize}`;
  const verifier = password && 'verifier' in password ? [password.verifier.secret] : [];
  const ids = [...verifier, ...sealedIn(account).map((sealed) => sealed.split('.')[1] ?? '')];
  return ids.every((id) => keyring?.ids().includes(id)) ? undefined : unknownSecret(username);
}

function unknownSecret(username: Username): string {
  return `"${username}" needs a root secret that the export does not have`;
}

function same(a: Account, b: Account): boolean {
  return JSON.stringify(encodeAccount(a)) === JSON.stringify(encodeAccount(b));
}
