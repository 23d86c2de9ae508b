/** Opens what a Worker needs from its environment, without sending anything. */
import argon2 from 'argon2id/dist/simd.wasm';
import { type Composition, compose, createSettings, type Platform } from '../../../infra/compose.ts';
import { createWasmHasher } from '../../../infra/passwords/argon2-wasm.ts';
import { createSyncBcryptVerifier } from '../../../infra/passwords/bcrypt.ts';
import { createWebSealer } from '../../../infra/secrets/web-sealer.ts';
import * as settings from '../../../infra/settings.ts';
import { readSettings, type SettingsOf } from '../../../infra/settings-reader.ts';
import { refusePublicSuffix } from '../../../infra/site/public-suffix.ts';
import { parseSite, type SiteData } from '../../../infra/site/site-data.ts';
import type { OpenStore } from '../../../infra/stores/open-store.ts';
import type { UpstreamPlatform } from '../../../infra/upstream/open-upstream.ts';
import { publicKeys } from '../public-keys.ts';
import { siteBehind } from '../site-behind.ts';
import type { Environment } from './environment.ts';
import { logger } from './worker-log.ts';
import { openStore } from './worker-store.ts';

const table: SettingsOf<'worker'> = {
  rootSecret: settings.rootSecret,
  store: settings.store,
  loginBan: settings.loginBan,
  sweepBan: settings.sweepBan,
  accountBan: settings.accountBan,
  sessionRate: settings.sessionRate,
  remember: settings.remember,
  site: settings.site,
  upstream: settings.upstream,
  upstreamAuth: settings.upstreamAuth,
  upstreamLogin: settings.upstreamLogin,
  upstreamIssuer: settings.upstreamIssuer,
};

/** An isolate has 128 MB. @see PROTOCOL §10 */
const workerUpstream = async (): Promise<UpstreamPlatform> => {
  const { fetchTransport } = await import('../../../infra/upstream/fetch-transport.ts');
  return { transport: fetchTransport, bytes: 64 * 2 ** 20, runsBetweenRequests: false };
};

const platform: Platform = {
  createHasher: (keys, options) => createWasmHasher(argon2, keys, options),
  createBcryptVerifier: createSyncBcryptVerifier,
  createSealer: createWebSealer,
};

/** What a Worker opens. */
export interface WorkerComposition extends Composition<OpenStore> {
  /** The public keys of assertions, where those are made. */
  readonly publicKeys?: () => Promise<string>;
}

/** @throws {Error} naming the variable, secret or binding that is missing or wrong */
export async function openWorkerComposition(environment: Environment): Promise<WorkerComposition> {
  const values = readSettings('worker', table, environment);
  const store = await openStore(values.store, environment);
  const data = readSite(values.site);
  const composition = compose(platform, store, values.rootSecret, {
    remember: values.remember,
    settings: createSettings(values, data),
    data,
    site: await siteBehind(values, workerUpstream, (error) => logger.warn({ error }, 'the site behind')),
  });
  const shown = publicKeys(values, values.rootSecret);
  return shown ? { ...composition, publicKeys: shown } : composition;
}

/** The variable holds the JSON itself: a Worker has no files. */
function readSite(json: string | undefined): SiteData {
  if (json === undefined) return {};
  try {
    const data = parseSite(json);
    refusePublicSuffix(data);
    return data;
  } catch (cause) {
    throw new Error(`${settings.site.variable} ${cause instanceof Error ? cause.message : ''}`, { cause });
  }
}
