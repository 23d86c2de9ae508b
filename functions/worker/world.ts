/** A Worker's world, from its environment. Nothing is sent while it is opened. */
import argon2 from 'argon2id/dist/simd.wasm';
import { defaultBans } from '../../core/bans.ts';
import { createGateway } from '../../core/gateway.ts';
import { defaultSettings, type Settings } from '../../core/settings.ts';
import { createWasmHasher } from '../../infra/passwords/argon2-wasm.ts';
import { foreignHashesAtOnce } from '../../infra/passwords/bcrypt.ts';
import { assemblePorts } from '../../infra/ports.ts';
import { parseKeyring } from '../../infra/secrets/keyring.ts';
import { createWebSealer } from '../../infra/secrets/web-sealer.ts';
import { parseBan, parseMinutes } from '../../infra/settings/parse.ts';
import { defaultMenus } from '../../infra/site/menus.ts';
import { moods } from '../../infra/site/moods.ts';
import { parseSite } from '../../infra/site/site-data.ts';
import { type Environment, readVariable } from './environment.ts';
import type { World } from './handler.ts';
import { openStore } from './store.ts';

/** @throws {Error} naming the variable, secret or binding that is missing or wrong */
export async function openWorld(environment: Environment): Promise<World> {
  const keyring = readVariable(environment, 'LJGATE_ROOT_SECRET', parseKeyring);
  const remember = readVariable(environment, 'LJGATE_REMEMBER', parseMinutes, 5);
  const store = await openStore(environment);
  const ports = assemblePorts(store, keyring, remember, {
    hasher: createWasmHasher(argon2, keyring),
    foreign: foreignHashesAtOnce(),
    sealer: createWebSealer(keyring),
  });
  return { gateway: createGateway(ports, settingsOf(environment)), ports, store };
}

function settingsOf(environment: Environment): Settings {
  const pair = readVariable(environment, 'LJGATE_LOGIN_BAN', parseBan, defaultBans.pair);
  const otherwise = pair === 'off' ? pair : defaultBans.sweep;
  const sweep = readVariable(environment, 'LJGATE_SWEEP_BAN', parseBan, otherwise);
  const site = readVariable(environment, 'LJGATE_SITE', parseSite, {});
  const menus = defaultMenus('https://www.example.com');
  return { ...defaultSettings, bans: { pair, sweep }, moods, menus, ...site };
}
