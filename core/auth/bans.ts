/** Login bans: when too many credentials from one address were refused. Times are Unix ms. */
import type { Username } from '../accounts/username.ts';
import type { Brand } from '../protocol/brand.ts';
import { type Network, unknownNetwork } from './network.ts';

/** Names a row of refused log-ins: an account, or `*` for all, and a network. */
export type RefusalKey = Brand<string, 'RefusalKey'>;

function refusalKey(account: Username | '*', from: Network | '*'): RefusalKey {
  return `${account}@${from}` as RefusalKey;
}

/** The account and the network that a key names; `account` is absent where it stands for all. */
export function refusalKeyParts(key: RefusalKey): { readonly account?: string; readonly network: string } {
  const [account = '', network = ''] = key.split('@');
  return account === '*' ? { network } : { account, network };
}

/** Reads a key as a store has it; `undefined` for any other text. */
export function parseRefusalKey(text: string): RefusalKey | undefined {
  return /^[^@]+@[^@]+$/.test(text) ? (text as RefusalKey) : undefined;
}

/** Whether a key counts refusals of an account, or refusals from a network. */
export function isKeyOf(key: RefusalKey, of: { readonly account: Username } | { readonly network: Network }) {
  const parts = refusalKeyParts(key);
  return 'account' in of ? parts.account === of.account : parts.network === of.network;
}

/** This many refusals within this many seconds are a ban for the same number of seconds. */
export interface BanRule {
  readonly refusals: number;
  readonly seconds: number;
}

/**
 * One rule for an account from an address, one for an address over all accounts, and one for an account over all
 * addresses, which lets strangers lock its owner out.
 */
export interface BanRules {
  readonly pair: BanRule | 'off';
  readonly sweep: BanRule | 'off';
  /** Absent: off. */
  readonly account?: BanRule | 'off';
}

/** The defaults of PROTOCOL §3. */
export const defaultBans: BanRules = {
  pair: { refusals: 5, seconds: 300 },
  sweep: { refusals: 100, seconds: 300 },
};

/** A row of refusals to read before the credentials are verified, and the rule that applies to it. */
export interface BanWatch {
  readonly key: RefusalKey;
  readonly rule: BanRule;
}

/** The rows that count for this account from this network. */
export function banWatches(rules: BanRules, account: Username, from: Network): BanWatch[] {
  const watches: BanWatch[] = [];
  if (rules.pair !== 'off') watches.push({ key: refusalKey(account, from), rule: rules.pair });
  if (rules.sweep !== 'off' && from !== unknownNetwork) {
    watches.push({ key: refusalKey('*', from), rule: rules.sweep });
  }
  const { account: everywhere = 'off' } = rules;
  if (everywhere !== 'off') watches.push({ key: refusalKey(account, '*'), rule: everywhere });
  return watches;
}

/**
 * Whether these refusals are a ban that has not ended: it begins with the refusal that filled the window.
 * Times in any order; a store may drop those that are too old for any window.
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
