/** How many sessions an account may ask one process for: a client in a loop makes hundreds a second. */
import type { Username } from '../accounts/username.ts';
import type { Clock } from '../ports.ts';

/** So many within so many seconds. */
export interface RateRule {
  readonly count: number;
  readonly seconds: number;
}

/** The default of PROTOCOL §3. */
export const defaultSessionRate: RateRule = { count: 60, seconds: 300 };

/** Counts what accounts ask for. */
export interface SessionRate {
  /** Counts one more; `false`, and not counted, when the account has had as many as the rule allows. */
  allows(account: Username): boolean;
}

/** Accounts that are counted at the most: those that asked last. */
const mostAccounts = 10_000;

/** Builds the counter of a process. */
export function createSessionRate(clock: Clock, rule: RateRule | 'off'): SessionRate {
  if (rule === 'off') return { allows: () => true };
  const times = new Map<Username, readonly number[]>();
  return {
    allows(account) {
      const now = clock.now();
      const recent = (times.get(account) ?? []).filter((time) => now - time < rule.seconds * 1000);
      const allowed = recent.length < rule.count;
      // Set anew, an account is the last in the map's order.
      times.delete(account);
      times.set(account, allowed ? [...recent, now] : recent);
      const [oldest] = times.keys();
      if (times.size > mostAccounts && oldest !== undefined) times.delete(oldest);
      return allowed;
    },
  };
}
