/** Login bans: when refused credentials from one address have been too many. Times are Unix ms. */
import { type Network, unknownNetwork } from './address.ts';
import type { Brand } from './brand.ts';
import type { Username } from './username.ts';

/** Names a row in the book of refused log-ins. */
export type RefusalKey = Brand<string, 'RefusalKey'>;

/** So many refusals within so many seconds ban for as many seconds. */
export interface BanRule {
  readonly refusals: number;
  readonly seconds: number;
}

/** One rule for an account from an address, one for an address over all accounts. */
export interface BanRules {
  readonly pair: BanRule | 'off';
  readonly sweep: BanRule | 'off';
}

/** The defaults of PROTOCOL §3. */
export const defaultBans: BanRules = {
  pair: { refusals: 5, seconds: 300 },
  sweep: { refusals: 100, seconds: 300 },
};

/** A row to read before credentials are looked at, and the rule it is judged by. */
export interface BanWatch {
  readonly key: RefusalKey;
  readonly rule: BanRule;
}

/** The rows that bear on this account from this network. */
export function banWatches(rules: BanRules, account: Username, from: Network): BanWatch[] {
  const watches: BanWatch[] = [];
  if (rules.pair !== 'off') watches.push({ key: `${account}@${from}` as RefusalKey, rule: rules.pair });
  if (rules.sweep !== 'off' && from !== unknownNetwork) {
    watches.push({ key: `*@${from}` as RefusalKey, rule: rules.sweep });
  }
  return watches;
}

/**
 * Whether these refusal times make a ban that still runs: the refusal that filled the window
 * starts it. Times in any order; a store may drop those that no window can reach any more.
 */
export function isBanned(times: readonly number[], rule: BanRule, now: number): boolean {
  const span = rule.seconds * 1000;
  const sorted = times.toSorted((a, b) => a - b);
  return sorted.some((time, i) => {
    const first = sorted[i - rule.refusals + 1];
    return first !== undefined && time - first < span && now < time + span;
  });
}

/** How many refusals the window holds at `now`. */
export function recentRefusals(times: readonly number[], rule: BanRule, now: number): number {
  return times.filter((time) => now - time < rule.seconds * 1000).length;
}

/** How long a refusal can matter, in ms: its window, then the ban it may complete. */
export function refusalMemory(rule: BanRule): number {
  return 2 * rule.seconds * 1000;
}
