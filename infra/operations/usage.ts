/** Who still uses what: sums up a log of requests by client, way of authentication, scheme, wire and method. */
import {
  type AuthenticatedBy,
  authenticatedBy,
  type CallLine,
  jsonIn,
  readRequestLine,
} from './usage-line.ts';

/** One way in which a client calls. */
export interface Usage {
  /** Its `clientversion`, or else its user agent; empty where it sent neither. */
  readonly client: string;
  readonly by: AuthenticatedBy;
  readonly scheme: 'http' | 'https' | 'unknown';
  readonly wire: 'flat' | 'xmlrpc';
  readonly method: string;
  readonly calls: number;
  /** Calls refused, by code. */
  readonly refusals: Readonly<Record<string, number>>;
  /** Different accounts that were let in; the least number where `accountsCut`. */
  readonly accounts: number;
  readonly accountsCut: boolean;
  /** A few of them. */
  readonly someAccounts: readonly string[];
  /** ISO 8601, UTC; absent where no line has a time. */
  readonly lastSeen?: string;
}

/** What was read. */
export interface UsageTotals {
  readonly lines: number;
  /** Lines that are no request to an endpoint. */
  readonly others: number;
  /** Lines that are no JSON. */
  readonly unreadable: number;
  /** There were more kinds of rows than are kept: the rest has the client `(others)`. */
  readonly cut: boolean;
}

/** Collects lines. Its memory is bounded, whatever the lines say. */
export interface UsageCollector {
  /** `undefined`: a line that was too long to read. */
  add(line: string | undefined): void;
  /** The most called first. */
  rows(): readonly Usage[];
  totals(): UsageTotals;
}

/** The bounds. */
export interface UsageBounds {
  readonly rows?: number;
  /** Accounts remembered for one row, and for all rows together. */
  readonly accountsOfRow?: number;
  readonly accounts?: number;
}

/** What is left over where there are too many clients or methods. */
const leftOver = '(others)';

/** Accounts that are named. */
const named = 5;

interface Row {
  readonly key: Pick<Usage, 'client' | 'by' | 'scheme' | 'wire' | 'method'>;
  readonly refusals: Map<number, number>;
  readonly accounts: Set<string>;
  calls: number;
  accountsCut: boolean;
  lastSeen: number;
}

/** Starts to collect. */
export function collectUsage(bounds: UsageBounds = {}): UsageCollector {
  const { rows: mostRows = 5000, accountsOfRow = 10_000, accounts: mostAccounts = 500_000 } = bounds;
  const rows = new Map<string, Row>();
  const totals = { lines: 0, others: 0, unreadable: 0, cut: false };
  let accounts = 0;

  function rowOf(key: Row['key']): Row {
    const name = JSON.stringify(Object.values(key));
    const found = rows.get(name);
    if (found) return found;
    if (rows.size >= mostRows && key.method !== leftOver) {
      totals.cut = true;
      return rowOf({ ...key, client: leftOver, method: leftOver });
    }
    const row: Row = {
      key,
      refusals: new Map(),
      accounts: new Set(),
      calls: 0,
      accountsCut: false,
      lastSeen: Number.NEGATIVE_INFINITY,
    };
    rows.set(name, row);
    return row;
  }

  function count(row: Row, { account, outcome }: CallLine, at: number): void {
    row.calls++;
    if (at > row.lastSeen) row.lastSeen = at;
    if (outcome !== 'ok') row.refusals.set(outcome, (row.refusals.get(outcome) ?? 0) + 1);
    // A refused call can name any account.
    if (account === undefined || outcome !== 'ok' || row.accounts.has(account)) return;
    if (row.accounts.size >= accountsOfRow || accounts >= mostAccounts) {
      row.accountsCut = true;
      return;
    }
    row.accounts.add(account);
    accounts++;
  }

  return {
    add(line) {
      totals.lines++;
      const json = line === undefined ? undefined : jsonIn(line);
      if (json === undefined) {
        totals.unreadable++;
        return;
      }
      const request = readRequestLine(json);
      if (!request) {
        totals.others++;
        return;
      }
      const { wire, scheme = 'unknown', agent = '', timestamp = '' } = request;
      const at = Date.parse(timestamp);
      for (const each of 'calls' in request ? request.calls : [request]) {
        const client = each.client ?? agent;
        count(rowOf({ client, by: authenticatedBy(each), scheme, wire, method: each.method }), each, at);
      }
    },
    rows: () => [...rows.values()].toSorted((a, b) => b.calls - a.calls).map(usageOf),
    totals: () => ({ ...totals }),
  };
}

function usageOf({ key, calls, refusals, accounts, accountsCut, lastSeen }: Row): Usage {
  return {
    ...key,
    calls,
    refusals: Object.fromEntries(refusals),
    accounts: accounts.size,
    accountsCut,
    someAccounts: [...accounts].slice(0, named),
    ...(Number.isFinite(lastSeen) && { lastSeen: new Date(lastSeen).toISOString() }),
  };
}
