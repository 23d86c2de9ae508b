/** What an operator may set about the protocol, with the protocol's own defaults. */
import { type BanRules, defaultBans } from './bans.ts';

/** A mood of the site's catalogue; `parent` 0 is a root. */
export interface Mood {
  readonly id: number;
  readonly parent: number;
  readonly name: string;
}

/** An entry of the web menu; `USERNAME` in a URL stands for the account's name. */
export type MenuItem =
  | { readonly text: string; readonly url: string }
  | { readonly text: string; readonly sub: readonly MenuItem[] }
  | { readonly text: '-' };

/** Settings of a gateway. */
export interface Settings {
  readonly bans: BanRules;
  /** Seconds between getchallenge and the last moment to answer it. */
  readonly challengeLifetime: number;
  readonly moods: readonly Mood[];
  readonly menus: readonly MenuItem[];
}

/** Settings of a site that has set nothing. */
export const defaultSettings: Settings = {
  bans: defaultBans,
  challengeLifetime: 60,
  moods: [],
  menus: [],
};
