/** What an operator can set about the protocol, and the protocol's defaults. */
import { type BanRules, defaultBans } from '../auth/bans.ts';
import { defaultSessionRate, type RateRule } from '../auth/rate-counter.ts';

/** A mood of the site's catalogue; `parent` 0 is a root. */
export interface Mood {
  readonly id: number;
  readonly parent: number;
  readonly name: string;
}

/** An entry of the web menu; `USERNAME` in a URL is replaced by the account's name. */
export type MenuItem =
  | { readonly text: string; readonly url: string }
  | { readonly text: string; readonly sub: readonly MenuItem[] }
  | { readonly text: '-' };

/** Settings of a gateway. */
export interface Settings {
  readonly bans: BanRules;
  /** Seconds between getchallenge and the last moment to answer it. */
  readonly challengeLifetime: number;
  /** Sessions that an account may ask one process for. */
  readonly sessionRate: RateRule | 'off';
  readonly moods: readonly Mood[];
  readonly menus: readonly MenuItem[];
}

/** Settings of a site that has set nothing. */
export const defaultSettings: Settings = {
  bans: defaultBans,
  challengeLifetime: 60,
  sessionRate: defaultSessionRate,
  moods: [],
  menus: [],
};
