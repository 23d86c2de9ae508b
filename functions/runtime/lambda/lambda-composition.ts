/** Opens what the functions flat, xmlrpc, web and api need from their variables, once for each start. */
import type { Store } from '../../../core/ports.ts';
import type { Gateway } from '../../../core/protocol/gateway.ts';
import {
  type Composition,
  compose,
  createSettings,
  type Platform,
  type SiteOpener,
} from '../../../infra/compose.ts';
import { openOnce } from '../../../infra/open-once.ts';
import { createHasher } from '../../../infra/passwords/argon2.ts';
import { createBcryptVerifier } from '../../../infra/passwords/bcrypt.ts';
import { followFile, followRemote, type LiveKeys, type OnFault } from '../../../infra/secrets/live-keys.ts';
import { createSealer } from '../../../infra/secrets/sealer.ts';
import { openSecretFile } from '../../../infra/secrets/secret-file.ts';
import type { SecretUri } from '../../../infra/secrets/secret-uri.ts';
import { fetchSecret, openManagedSecret } from '../../../infra/secrets/secrets-manager.ts';
import * as settings from '../../../infra/settings.ts';
import {
  readSettings,
  type SettingsOf,
  type ValuesOf,
  type Variables,
} from '../../../infra/settings-reader.ts';
import { readSiteFile } from '../../../infra/site/site-file.ts';
import type { StoreOpener } from '../../../infra/stores/open-store.ts';
import { deferredGateway } from '../deferred-gateway.ts';
import { publicKeys } from '../public-keys.ts';

const table: SettingsOf<'function'> = {
  store: settings.store,
  secret: settings.secret,
  originProof: settings.originProof,
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

const platform: Platform = { createHasher, createSealer, createBcryptVerifier };

/** What a function opens. */
export interface FunctionComposition<Opened extends Store = Store> extends Composition<Opened> {
  /** The proof that CloudFront adds to its requests; absent without CloudFront. */
  readonly originProof?: string;
  /** The public keys of assertions, where those are made. */
  readonly publicKeys?: () => Promise<string>;
  /** Awaited before each event: a function is frozen between events, and learns of a rotation only here. */
  fresh(): Promise<void>;
}

/** Opens the site behind, for the functions whose calls go on to it. */
export type OpenSite = (settings: ValuesOf<'function'>, onFault: OnFault) => Promise<SiteOpener | undefined>;

/**
 * Opens what a function needs.
 * @throws {SecretUnavailable} when Secrets Manager does not return a secret
 * @throws {Error} naming the variable, its value and what is expected
 */
export async function openComposition<Opened extends Store>(
  openStore: StoreOpener<Opened>,
  variables: Variables,
  onFault: OnFault,
  openSite: OpenSite = async () => undefined,
): Promise<FunctionComposition<Opened>> {
  const values = readSettings('function', table, variables);
  const [keys, originProof] = await Promise.all([
    openKeys(values.secret, onFault),
    values.originProof && fetchSecret(values.originProof),
  ]);
  const site = values.site === undefined ? {} : readSiteFile(values.site);
  const composition = compose(platform, await openStore(values.store), keys, {
    remember: values.remember,
    settings: createSettings(values, site),
    data: site,
    site: await openSite(values, onFault),
  });
  const shown = publicKeys(values, keys);
  return {
    ...composition,
    fresh: () => keys.fresh(),
    ...(shown && { publicKeys: shown }),
    ...(originProof && { originProof }),
  };
}

async function openKeys(uri: SecretUri, onFault: OnFault): Promise<LiveKeys> {
  if (uri.kind === 'file') {
    return followFile(uri.path, await openSecretFile(uri.path, { create: false }), onFault);
  }
  const read = () => openManagedSecret(uri.id);
  return followRemote({ read }, await read(), onFault);
}

/** A composition that is opened by the first event. */
export interface DeferredComposition<Opened extends Store = Store> {
  /** Opens it if it is not open yet. Never rejects; `undefined` if it could not be opened. */
  start(): Promise<FunctionComposition<Opened> | undefined>;
  /** What `start` opened for the event. Rejects if it could not be opened. */
  open(): Promise<FunctionComposition<Opened>>;
  /** Refuses every call while it cannot be opened. */
  readonly gateway: Gateway;
}

/** Opens on the first event. After a failure each event tries again once, however many calls it has. */
export function deferredComposition<Opened extends Store>(
  open: () => Promise<FunctionComposition<Opened>>,
): DeferredComposition<Opened> {
  const opened = openOnce(open);
  let ofEvent: Promise<FunctionComposition<Opened>> | undefined;
  const current = () => ofEvent ?? opened();
  return {
    start() {
      ofEvent = opened();
      return ofEvent.catch(() => undefined);
    },
    open: current,
    gateway: deferredGateway(current),
  };
}
