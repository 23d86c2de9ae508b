/** The data that growth is measured on: accounts by the million, sessions by the thousand, in SQLite. */
import { DatabaseSync } from 'node:sqlite';
import type { Account, UserId } from '../../core/accounts/account.ts';
import { parseAccountLine } from '../../core/accounts/account-line.ts';
import { createAccount } from '../../core/accounts/create-account.ts';
import type { Username } from '../../core/accounts/username.ts';
import { md5Hex, sha256Hex } from '../../core/auth/digest.ts';
import type { Ports } from '../../core/ports.ts';
import { createGateway, type Gateway } from '../../core/protocol/gateway.ts';
import { lifetimes } from '../../core/sessions/session.ts';
import type { SessionId } from '../../core/sessions/session-string.ts';
import { createPorts, createSettings } from '../../infra/compose.ts';
import { nodePlatform } from '../../infra/node-platform.ts';
import { generateKeyring } from '../../infra/secrets/keyring.ts';
import type { OpenStore } from '../../infra/stores/open-store.ts';
import { insertSession } from '../../infra/stores/sql/session-statements.ts';
import { openSqlite } from '../../infra/stores/sqlite/sqlite-store.ts';
import { password } from './caller.ts';

/** A gateway on a file of its own. */
export interface BenchGateway {
  readonly store: OpenStore;
  /** The file itself, for rows by the thousand. */
  readonly file: DatabaseSync;
  readonly ports: Ports;
  readonly gateway: Gateway;
}

/** Opens a new one, with a new secret. */
export function openBenchGateway(path: string): BenchGateway {
  const store = openSqlite(path);
  const ports = createPorts(nodePlatform, store, generateKeyring(), { remember: 5 });
  const gateway = createGateway(ports, createSettings({ sessionRate: 'off' }));
  return { store, file: new DatabaseSync(path, { timeout: 5000 }), ports, gateway };
}

/** An account's name by its number. */
export const nameOf = (number: number) => `bench_${String(number).padStart(7, '0')}` as Username;

/** How many accounts are called for, each in its turn. */
export const called = 200;

/** How far apart they lie: evenly among the rest. */
export const strideOf = (size: number) => Math.max(1, Math.floor(size / called));

/**
 * All with one password and its one hash: hashing is measured elsewhere. What a challenge takes is
 * sealed for those that are called for; the rest are made by SQLite itself.
 */
export async function addAccounts({ store, file, ports }: BenchGateway, count: number): Promise<void> {
  const parsed = parseAccountLine({ username: nameOf(0), password, fullname: 'One of Many' });
  if (!parsed.ok) throw new Error(parsed.reason);
  const pattern = await createAccount(parsed.line, ports, 1 as UserId);
  const accounts = await Promise.all(
    Array.from({ length: Math.min(count, called) }, (_, i) => numbered(pattern, i * strideOf(count), ports)),
  );
  await store.admin.accounts.write(accounts.map((account) => ({ kind: 'add' as const, account })));
  file.exec('PRAGMA synchronous = OFF');
  file
    .prepare(
      `WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n + 1 < ?1)
       INSERT INTO accounts (username, userid, status, generation, details)
       SELECT printf('bench_%07d', n), n + 1, status, generation, details FROM numbers, accounts
       WHERE username = ?2 ON CONFLICT DO NOTHING`,
    )
    .run(count, nameOf(0));
}

async function numbered(pattern: Account, number: number, { sealer }: Ports): Promise<Account> {
  const username = nameOf(number);
  const { password: kept } = pattern;
  if (kept?.accepts !== 'anyForm') throw new Error('the pattern takes no challenge');
  const sealed = await sealer.seal(md5Hex(password), username, 'password');
  return { ...pattern, username, userid: (number + 1) as UserId, password: { ...kept, sealed } };
}

/**
 * Ids are seconds since 2024, and one that is too old to be alive costs nothing to expire. Those added
 * here are some weeks old; those that the gateway makes are from the last 12 hours.
 */
const sinceEpoch = Math.floor(Date.now() / 1000) - Date.UTC(2024) / 1000;
let lastId = sinceEpoch - 20 * 24 * 3600;
const lowestMade = sinceEpoch - 24 * 3600;

/** Sessions of nobody's, straight into the file; gives their ids. */
export async function addSessions(
  { store, file, ports }: BenchGateway,
  owner: Username,
  count: number,
): Promise<SessionId[]> {
  const { account } = await store.records.read({ account: owner, sessions: [], refusals: [] });
  const created = Math.floor(ports.clock.now() / 1000);
  const expires = created + lifetimes.long;
  const generation = account?.generation ?? 0;
  const ids = Array.from({ length: count }, () => ++lastId as SessionId);
  file.exec('BEGIN IMMEDIATE');
  for (const id of ids) {
    const digest = sha256Hex(String(id));
    const { sql, params } = insertSession({ owner, id, digest, generation, term: 'long', created, expires });
    file.prepare(sql).all(...params);
  }
  file.exec('COMMIT');
  return ids;
}

/** Forgets the sessions that calls made, but one: the account has as many as before. */
export function removeMade({ file }: BenchGateway, owner: Username, keep: number): void {
  file.prepare('DELETE FROM sessions WHERE owner = ? AND id > ? AND id <> ?').run(owner, lowestMade, keep);
}
