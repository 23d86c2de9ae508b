/** Growth: what a call costs as accounts, sessions and lists grow, on SQLite, without HTTP between. */
import { join } from 'node:path';
import { sha256Hex } from '../../core/auth/digest.ts';
import { callerFor, idOf } from './caller.ts';
import {
  addAccounts,
  addSessions,
  type BenchGateway,
  called,
  nameOf,
  openBenchGateway,
  removeMade,
  strideOf,
} from './growth-data.ts';
import type { Plan } from './plan.ts';
import { benchFolder, removeFolder } from './processes.ts';
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
  const open: BenchGateway[] = [];
  const openFile = (name: string) => {
    const made = openBenchGateway(join(folder, `${name}.sqlite`));
    open.push(made);
    return made;
  };
  try {
    const trials = [
      ...(await accountTrials(plan, openFile)),
      ...(await sessionTrials(plan, openFile('sessions'))),
      ...(await listTrials(plan, openFile('lists'))),
    ];
    return await time(plan, trials);
  } finally {
    for (const { store, file } of open) {
      file.close();
      await store.close();
    }
    removeFolder(folder);
  }
}

const powers = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, i) => 10 ** (from + i));

async function accountTrials(plan: Plan, openFile: (name: string) => BenchGateway): Promise<Trial[]> {
  const trials: Trial[] = [];
  for (const size of powers(3, plan.quick ? 4 : 6)) {
    const one = openFile(`accounts-${size}`);
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

async function sessionTrials(plan: Plan, bench: BenchGateway): Promise<Trial[]> {
  const trials: Trial[] = [];
  const sizes = powers(0, plan.quick ? 3 : 4);
  await addAccounts(bench, 2 * sizes.length);
  for (const [i, size] of sizes.entries()) {
    plan.say(`growth: making ${size} sessions`);
    const username = nameOf(i);
    const caller = callerFor(bench.gateway, username);
    const session = await caller.session();
    const keep = Number(idOf(session));
    await addSessions(bench, username, size - 1);
    const of = 'sessions of the account';
    // Of another account with as many: it ends them all.
    const other = nameOf(sizes.length + i);
    await addSessions(bench, other, size);
    trials.push(
      { call: 'login by cookie', of, size, once: async () => () => caller.byCookie('login', session) },
      {
        call: 'sessiongenerate',
        of,
        size,
        async once() {
          removeMade(bench, username, keep);
          return () => caller.session();
        },
      },
      {
        call: 'sessionexpire, one id',
        of,
        size,
        async once() {
          removeMade(bench, username, keep);
          const expire = [idOf(await caller.session())];
          return () => caller.plain('sessionexpire', { expire });
        },
      },
      {
        call: 'sessionexpire, expireall',
        of,
        size,
        once: async () => () => callerFor(bench.gateway, other).plain('sessionexpire', { expireall: '1' }),
      },
    );
  }
  return trials;
}

async function listTrials(plan: Plan, bench: BenchGateway): Promise<Trial[]> {
  await addAccounts(bench, 1);
  const username = nameOf(0);
  const caller = callerFor(bench.gateway, username);
  return powers(0, plan.quick ? 2 : 3).map((size) => ({
    call: 'sessionexpire, by ids',
    of: 'ids to expire',
    size,
    async once() {
      const expire = (await addSessions(bench, username, size)).map(String);
      return () => caller.plain('sessionexpire', { expire });
    },
  }));
}

/** Sizes take turns, call by call, in another order each time: what disturbs one disturbs all. */
async function time(plan: Plan, trials: readonly Trial[]): Promise<GrowthRow[]> {
  const times = trials.map((): number[] => []);
  const calls = plan.quick ? 15 : 40;
  for (let call = 0; call < calls + 3; call++) {
    plan.say(`growth: call ${call} of ${calls + 3}`);
    for (const [i, trial] of shuffled([...trials.entries()], call)) {
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

/** Another order for each seed: a trial that leaves the disk busy is not always before the same one. */
function shuffled<T>(list: readonly T[], seed: number): T[] {
  const keyed = list.map((item, i) => ({ item, key: sha256Hex(`${seed} ${i}`) }));
  return keyed.toSorted((a, b) => (a.key < b.key ? -1 : 1)).map(({ item }) => item);
}
