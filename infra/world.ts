/** Plugs the core's ports into this machine: store, secrets, password hashing, site data. */
import type { BanRules } from '../core/bans.ts';
import { useDigests } from '../core/digest.ts';
import type { Ports, Store } from '../core/ports.ts';
import { defaultSettings, type Settings } from '../core/settings.ts';
import { nodeDigests } from './node-digests.ts';
import { createHasher } from './passwords/argon2.ts';
import { foreignHashes } from './passwords/bcrypt.ts';
import { assemblePorts } from './ports.ts';
import type { Keys } from './secrets/keys.ts';
import { createSealer } from './secrets/sealer.ts';
import { defaultMenus } from './site/menus.ts';
import { moods } from './site/moods.ts';
import { readSiteFile } from './site/site-file.ts';

useDigests(nodeDigests);

/**
 * Builds the ports over a store and a keyring. `remember`: minutes, 0 for not at all. `hashes`: how many
 * are computed at once, else as many as this machine is good for.
 */
export function createPorts(store: Store, keyring: Keys, remember: number, hashes?: number): Ports {
  return assemblePorts(store, keyring, remember, {
    hasher: createHasher(keyring, hashes === undefined ? {} : { concurrency: hashes }),
    foreign: foreignHashes(),
    sealer: createSealer(keyring),
  });
}

/** Builds the settings; `siteFile` replaces the stock moods and menus. */
export function createSettings(bans: BanRules, siteFile: string | undefined): Settings {
  const site = siteFile === undefined ? {} : readSiteFile(siteFile);
  return { ...defaultSettings, bans, moods, menus: defaultMenus('https://www.example.com'), ...site };
}
