/** Plugs the core's ports into this machine: store, secrets, password hashing, site data. */
import type { BanRules } from '../core/bans.ts';
import type { Ports } from '../core/ports.ts';
import { defaultSettings, type Settings } from '../core/settings.ts';
import { createHasher } from './passwords/argon2.ts';
import { rememberChecks } from './passwords/remembered.ts';
import { challengeKeys } from './secrets/challenge-keys.ts';
import type { Keyring } from './secrets/keyring.ts';
import { createSealer } from './secrets/sealer.ts';
import { defaultMenus } from './site/menus.ts';
import { moods } from './site/moods.ts';
import { readSiteFile } from './site/site-file.ts';
import type { OpenStore } from './store/open-store.ts';
import { systemClock, systemRandom } from './system.ts';

/** Builds the ports over a store and a keyring. `remember`: minutes, 0 for not at all. */
export function createPorts(store: OpenStore, keyring: Keyring, remember: number): Ports {
  const hasher = createHasher(keyring);
  return {
    records: store.records,
    accounts: store.accounts,
    sessions: store.sessions,
    spent: store.spent,
    refused: store.refused,
    clock: systemClock,
    random: systemRandom,
    challengeKeys: challengeKeys(keyring),
    hasher: remember > 0 ? rememberChecks(hasher, { minutes: remember }) : hasher,
    sealer: createSealer(keyring),
  };
}

/** Builds the settings; `siteFile` replaces the stock moods and menus. */
export function createSettings(bans: BanRules, siteFile: string | undefined): Settings {
  const site = siteFile === undefined ? {} : readSiteFile(siteFile);
  return { ...defaultSettings, bans, moods, menus: defaultMenus('https://www.example.com'), ...site };
}
