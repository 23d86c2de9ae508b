/** What a site of some size needs, by arithmetic from what was measured. */
import type { Billed, BilledRow } from '../billed.ts';
import { billedMs, logGigabytes, millionCalls } from './cost.ts';
import { type Counts, fixedMonth, instanceMonth } from './monthly.ts';
import { prices } from './prices.ts';

/** Sizes that the page shows: accounts. */
export const sizes = [1e4, 1e6, 1e8] as const;

/** How often an account makes each kind of call in a day, all accounts taken together. */
export const callsADay: Readonly<Record<string, number>> = {
  getchallenge: 1,
  'login by challenge': 1,
  'login, password remembered': 0.5,
  'login, password not remembered': 0.25,
  'login by client key': 0.25,
  'login by session': 1,
  'login refused': 0.2,
  'sessiongenerate, password remembered': 0.25,
  'sessionexpire of one, password remembered': 0.1,
  'session check, /session': 5,
};

/** The other assumptions. */
export const assumed = {
  /** The busiest second of a day, by its average second. */
  peak: 5,
  /** The largest part of all calls that comes from one network: a carrier, a company, the site's own server. */
  oneNetwork: 0.01,
  days: 30,
  /** Days that a session is stored: long ones end after 30, and DynamoDB removes them within a few. */
  sessionDays: 34,
  /** Days that a row stays which has expired: DynamoDB removes it within a few. */
  expiredDays: 2,
} as const;

/** What a size needs. Rates are those of the busiest second. */
export interface Needs {
  readonly accounts: number;
  readonly average: number;
  readonly calls: number;
  readonly concurrency: number;
  /** Functions more than in an average second. */
  readonly growth: number;
  readonly usersReads: number;
  readonly sessionsReads: number;
  readonly writes: number;
  /** Reads of the row that counts the refusals of one network over all accounts. */
  readonly networkReads: number;
  readonly secretRequests: number;
  readonly logRequests: number;
  readonly tableGigabytes: number;
  readonly logGigabytes: number;
  readonly money: Money;
}

/** Dollars a month. */
export interface Money {
  readonly api: number;
  readonly functions: number;
  readonly requests: number;
  readonly storage: number;
  readonly logs: number;
  /** Secrets, alarms, metrics, dashboard, and what instances ask for. */
  readonly rest: number;
  readonly together: number;
}

/** What so many accounts need. */
export function needsOf(accounts: number, measured: Billed, counts: Counts): Needs {
  const kinds = measured.calls.map((row) => ({ row, aDay: accounts * frequency(row) }));
  const perDay = (count: (row: BilledRow) => number) =>
    kinds.reduce((sum, { row, aDay }) => sum + aDay * count(row), 0);
  const atPeak = (count: (row: BilledRow) => number) => (assumed.peak * perDay(count)) / 86_400;
  const average = perDay(() => 1) / 86_400;
  const concurrency = atOnce(atPeak((row) => billedMs(row) / 1000));
  const growth = concurrency - atOnce(atPeak((row) => billedMs(row) / 1000) / assumed.peak);
  const accountRow = (row: BilledRow) => Math.min(1, row.rowsRead);
  const isLogin = (row: BilledRow) =>
    accountRow(row) === 1 && !row.call.startsWith('session check') ? 1 : 0;
  return {
    accounts,
    average,
    calls: average * assumed.peak,
    concurrency,
    growth,
    usersReads: atPeak(accountRow),
    sessionsReads: atPeak((row) => row.rowsRead - accountRow(row)),
    writes: atPeak(({ rowsWritten }) => rowsWritten),
    networkReads: assumed.oneNetwork * atPeak(isLogin),
    // Every four minutes each, and one for each that starts.
    secretRequests: concurrency / 240 + growth / 10,
    logRequests: concurrency,
    tableGigabytes: (accounts * rowBytes(measured)) / 2 ** 30,
    logGigabytes: perDay((row) => logGigabytes(row) / 1e6) * assumed.days,
    money: moneyOf(
      kinds.map(({ row, aDay }) => ({ row, millions: (aDay * assumed.days) / 1e6 })),
      (accounts * rowBytes(measured)) / 2 ** 30,
      fixedMonth(counts) + concurrency * instanceMonth(),
    ),
  };
}

/** @throws for a kind that was measured and is in no assumption */
function frequency({ call }: BilledRow): number {
  const times = callsADay[call];
  if (times === undefined) throw new Error(`say in callsADay how often an account makes the call «${call}»`);
  return times;
}

/** Instances that are busy at once, with three standard deviations for calls that come by chance together. */
function atOnce(load: number): number {
  return Math.ceil(load + 3 * Math.sqrt(load));
}

/** Bytes that the tables store for one account. */
function rowBytes({ rows }: Billed): number {
  const of = (call: string) => callsADay[call] ?? 0;
  const sessions = of('sessiongenerate, password remembered') * assumed.sessionDays;
  const spent = of('login by challenge') * assumed.expiredDays;
  const refusals = 2 * of('login refused') * assumed.expiredDays;
  return rows.account + sessions * rows.session + spent * rows.spentChallenge + refusals * rows.refusals;
}

function moneyOf(
  kinds: readonly { readonly row: BilledRow; readonly millions: number }[],
  gigabytes: number,
  rest: number,
): Money {
  const total = (cost: (row: BilledRow) => number) =>
    kinds.reduce((sum, { row, millions }) => sum + millions * cost(row), 0);
  const parts = {
    api: total((row) => millionCalls(row).api),
    functions: total((row) => millionCalls(row).function),
    requests: total((row) => millionCalls(row).tables),
    storage: gigabytes * (prices.tableGigabyteMonth + prices.recoveryGigabyteMonth),
    logs: total((row) => millionCalls(row).log),
    rest,
  };
  return { ...parts, together: Object.values(parts).reduce((sum, part) => sum + part, 0) };
}
