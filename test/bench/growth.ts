/** Growth: what a call costs as accounts, sessions and lists grow, on SQLite, without HTTP between. */
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { Account, UserId } from '../../core/account.ts';
import { defaultBans } from '../../core/bans.ts';
import { md5Hex, sha256Hex } from '../../core/digest.ts';
import { enrol, parseAccountLine } from '../../core/enrolment.ts';
import { createGateway, type Gateway } from '../../core/gateway.ts';
import type { Ports } from '../../core/ports.ts';
import { lifetimes, type SessionId } from '../../core/session.ts';
import type { Username } from '../../core/username.ts';
import { generateKeyring } from '../../infra/secrets/keyring.ts';
import type { OpenStore } from '../../infra/store/open-store.ts';
import { insertSession } from '../../infra/store/sql/statements.ts';
import { openSqlite } from '../../infra/store/sqlite.ts';
import { createPorts, createSettings } from '../../infra/world.ts';
import { callerFor, idOf, password } from './caller.ts';
import type { Plan } from './plan.ts';
import { benchFolder } from './processes.ts';
import { median, type Summary, summary } from './statistics.ts';

/** A call's cost at one size. */
export interface GrowthRow {
  readonly call: string;
  /** What grows. */
  readonly of: string;
  readonly size: number;
  /** Milliseconds a call, the disk's included. */
  readonly ms: Summary;
  /** Of the cost at the smallest size. */
  readonly ratio: number;
}

interface World {
  readonly store: OpenStore;
  /** The file itself, for rows by the thousand. */
  readonly file: DatabaseSync;
  readonly ports: Ports;
  readonly gateway: Gateway;
}

/** One call to be timed; what it needs is made first, untimed. */
interface Trial {
  readonly call: string;
  readonly of: string;
  readonly size: number;
  once(): Promise<() => Promise<unknown>>;
}

/** Measures everything that can grow. */
export async function measureGrowth(plan: Plan): Promise<GrowthRow[]> {
  const folder = benchFolder();
  const open: World[] = [];
  const world = (name: string) => {
    const path = join(folder, `${name}.sqlite`);
    const store = openSqlite(path);
    const ports = createPorts(store, generateKeyring(), 5);
    const gateway = createGateway(ports, createSettings(defaultBans, undefined));
    const made = { store, file: new DatabaseSync(path, { timeout: 5000 }), ports, gateway };
    open.push(made);
    return made;
  };
  try {
    const trials = [
      ...(await accountTrials(plan, world)),
      ...(await sessionTrials(plan, world('sessions'))),
      ...(await listTrials(plan, world('lists'))),
    ];
    return await time(plan, trials);
  } finally {
    for (const { store, file } of open) {
      file.close();
      await store.close();
    }
  }
}

const powers = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, i) => 10 ** (from + i));

async function accountTrials(plan: Plan, world: (name: string) => World): Promise<Trial[]> {
  const trials: Trial[] = [];
  for (const size of powers(3, plan.quick ? 4 : 6)) {
    const one = world(`accounts-${size}`);
    plan.say(`growth: adding ${size} accounts`);
    await addAccounts(one, size);
    let calls = 0;
    const anyone = () => callerFor(one.gateway, nameOf((calls++ % called) * strideOf(size)));
    const of = 'accounts';
    trials.push(
      { call: 'login, password remembered', of, size, once: async () => () => anyone().plain('login') },
      {
        call: 'login by challenge',
        of,
        size,
        async once() {
          const caller = anyone();
          const challenge = await caller.getchallenge();
          return () => caller.byChallenge('login', challenge);
        },
      },
      { call: 'sessiongenerate', of, size, once: async () => () => anyone().session() },
    );
  }
  return trials;
}

async function sessionTrials(plan: Plan, world: World): Promise<Trial[]> {
  const trials: Trial[] = [];
  const sizes = powers(0, plan.quick ? 3 : 4);
  await addAccounts(world, 2 * sizes.length);
  for (const [i, size] of sizes.entries()) {
    plan.say(`growth: making ${size} sessions`);
    const username = nameOf(i);
    const caller = callerFor(world.gateway, username);
    const session = await caller.session();
    const keep = Number(idOf(session));
    await addSessions(world, username, size - 1);
    const of = 'sessions of the account';
    // Of another account with as many: it ends them all.
    const other = nameOf(sizes.length + i);
    await addSessions(world, other, size);
    trials.push(
      { call: 'login by cookie', of, size, once: async () => () => caller.byCookie('login', session) },
      {
        call: 'sessiongenerate',
        of,
        size,
        async once() {
          removeMade(world, username, keep);
          return () => caller.session();
        },
      },
      {
        call: 'sessionexpire, one id',
        of,
        size,
        async once() {
          removeMade(world, username, keep);
          const expire = [idOf(await caller.session())];
          return () => caller.plain('sessionexpire', { expire });
        },
      },
      {
        call: 'sessionexpire, expireall',
        of,
        size,
        once: async () => () => callerFor(world.gateway, other).plain('sessionexpire', { expireall: '1' }),
      },
    );
  }
  return trials;
}

async function listTrials(plan: Plan, world: World): Promise<Trial[]> {
  await addAccounts(world, 1);
  const username = nameOf(0);
  const caller = callerFor(world.gateway, username);
  return powers(0, plan.quick ? 2 : 3).map((size) => ({
    call: 'sessionexpire, by ids',
    of: 'ids to expire',
    size,
    async once() {
      const expire = (await addSessions(world, username, size)).map(String);
      return () => caller.plain('sessionexpire', { expire });
    },
  }));
}

/** Sizes take turns, call by call, from another one each time: what disturbs one disturbs all. */
async function time(plan: Plan, trials: readonly Trial[]): Promise<GrowthRow[]> {
  const times = trials.map((): number[] => []);
  const calls = plan.quick ? 15 : 40;
  for (let call = 0; call < calls + 3; call++) {
    plan.say(`growth: call ${call} of ${calls + 3}`);
    for (const [i, trial] of startingAt([...trials.entries()], call * 7)) {
      const act = await trial.once();
      const start = performance.now();
      await act();
      if (call >= 3) times[i]?.push(performance.now() - start);
    }
  }
  const smallest = (trial: Trial) =>
    times[trials.findIndex((one) => one.call === trial.call && one.of === trial.of)];
  return trials.map((trial, i) => {
    const { call, of, size } = trial;
    const ms = summary(times[i] ?? []);
    return { call, of, size, ms, ratio: ms.median / median(smallest(trial) ?? []) };
  });
}

function startingAt<T>(list: readonly T[], start: number): T[] {
  const at = start % list.length;
  return [...list.slice(at), ...list.slice(0, at)];
}

const nameOf = (number: number) => `bench_${String(number).padStart(7, '0')}` as Username;

/** Accounts that are called for lie evenly among the rest; none is called for twice before all were. */
const called = 200;
const strideOf = (size: number) => Math.max(1, Math.floor(size / called));

/**
 * All with one password and its one hash: hashing is measured elsewhere. What a challenge takes is
 * sealed for those that are called for; the rest are made by SQLite itself.
 */
async function addAccounts({ store, file, ports }: World, count: number): Promise<void> {
  const parsed = parseAccountLine({ username: nameOf(0), password, fullname: 'One of Many' });
  if (!parsed.ok) throw new Error(parsed.reason);
  const pattern = await enrol(parsed.line, ports, 1 as UserId);
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
async function addSessions(
  { store, file, ports }: World,
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
function removeMade({ file }: World, owner: Username, keep: number): void {
  file.prepare('DELETE FROM sessions WHERE owner = ? AND id > ? AND id <> ?').run(owner, lowestMade, keep);
}
