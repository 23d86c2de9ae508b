/**
 * Plugs the core's ports together: the one place for the server, the functions, the Worker and the commands.
 * Each hands in its store and its platform, so this file imports nothing that only one of them has.
 */
import { type BanRule, type BanRules, defaultBans } from '../core/auth/bans.ts';
import type { RateRule } from '../core/auth/rate-counter.ts';
import type { BcryptVerifier, PasswordHasher, Ports, Sealer, Store } from '../core/ports.ts';
import { createGateway, type Gateway } from '../core/protocol/gateway.ts';
import { defaultSettings, type Settings } from '../core/protocol/gateway-settings.ts';
import type { SiteLogins } from '../core/protocol/site-login.ts';
import { systemClock, systemRandom } from './clock-and-random.ts';
import type { Unlocked } from './operations/operator-context.ts';
import type { OperatorContext } from './operations/verb-definition.ts';
import type { QueueObserver } from './passwords/bounded-queue.ts';
import type { HasherOptions } from './passwords/hasher.ts';
import { type CheckAnswered, cacheVerifications } from './passwords/verification-cache.ts';
import type { Keys } from './secrets/secret-keys.ts';
import { recordUse, watchSecrets } from './secrets/secret-use.ts';
import { defaultMenus } from './site/default-menus.ts';
import { moods } from './site/default-moods.ts';
import type { SiteData } from './site/site-data.ts';
import { identityIn, type SiteIdentity } from './site/site-identity.ts';
import { noteRemembered, timedHasher, timedStore } from './telemetry/request-measures.ts';
import type { Upstream } from './upstream/upstream.ts';

/** What runtimes do each in their own way, as far as operators need it. */
export interface OperatorPlatform {
  createHasher(keys: Keys, options?: HasherOptions): PasswordHasher;
  createSealer(keys: Keys): Sealer;
}

/** What runtimes do each in their own way. */
export interface Platform extends OperatorPlatform {
  createBcryptVerifier(): BcryptVerifier;
}

/** The ports, and whether calls can be answered with them. */
export interface ComposedPorts extends Ports {
  /**
   * Resolves when the store answers and no root secret that a call needed is missing.
   * @throws {StoreUnavailable | StoreFailed | SecretMissing}
   */
  checkHealth(): Promise<void>;
}

/** How passwords are verified. */
export interface VerificationOptions {
  /** Minutes for which a verified password is remembered; 0: not at all. */
  readonly remember: number;
  /** Passwords hashed at once; default: as many as the platform is good for. */
  readonly concurrency?: number | undefined;
  /** Observe the queue of hashes and the cache of checks, for metrics. */
  readonly onQueue?: QueueObserver | undefined;
  readonly onCheck?: ((answered: CheckAnswered) => void) | undefined;
}

/** Builds the ports. */
export function createPorts(
  platform: Platform,
  store: Store,
  keys: Keys,
  { remember, concurrency, onQueue, onCheck }: VerificationOptions,
): ComposedPorts {
  const { records, accounts, sessions, spent, refused, secretIds } = timedStore(store);
  const hasher = platform.createHasher(keys, {
    observer: onQueue,
    ...(concurrency !== undefined && { concurrency }),
  });
  const sealer = platform.createSealer(keys);
  const watched = watchSecrets(keys, secretIds, { hasher: timedHasher(hasher), sealer });
  return {
    records,
    accounts,
    sessions,
    spent,
    refused,
    secretIds,
    clock: systemClock,
    random: systemRandom,
    challengeKeys: watched.challengeKeys,
    bcrypt: platform.createBcryptVerifier(),
    hasher: cacheVerifications(watched.hasher, {
      minutes: remember,
      onCheck(answered) {
        if (answered === 'remembered') noteRemembered();
        onCheck?.(answered);
      },
    }),
    sealer: watched.sealer,
    async checkHealth() {
      // A read that no cache answers.
      await secretIds.list();
      await watched.check();
    },
  };
}

/** Builds the settings of the protocol; `site` replaces the stock moods and menus. */
export function createSettings(values: ProtocolValues = {}, { moods: own, menus }: SiteData = {}): Settings {
  const { sessionRate = defaultSettings.sessionRate } = values;
  const site = { moods: own ?? moods, menus: menus ?? defaultMenus('https://www.example.com') };
  return { ...defaultSettings, bans: banRules(values), sessionRate, ...site };
}

/** The settings that are the protocol's; each has a default. */
interface ProtocolValues {
  readonly loginBan?: BanRule | 'off';
  readonly sweepBan?: BanRule | 'off';
  readonly accountBan?: BanRule | 'off';
  readonly sessionRate?: RateRule | 'off';
}

/** The rules of bans: `--login-ban off` turns off every ban, unless `--sweep-ban` sets a rule of its own. */
export function banRules({ loginBan = defaultBans.pair, sweepBan, accountBan }: ProtocolValues): BanRules {
  const sweep = sweepBan ?? (loginBan === 'off' ? 'off' : defaultBans.sweep);
  return { pair: loginBan, sweep, ...(accountBan && accountBan !== 'off' && { account: accountBan }) };
}

/** The site behind, as a runtime opens it. */
export interface SiteOpener {
  open(secrets: { readonly keys: Keys; readonly sealer: Sealer }): Upstream;
  /** Present where the site completes the result of login. */
  readonly logins?: (upstream: Upstream) => SiteLogins;
}

/** A gateway with what it is made of. */
export interface Composition<Opened extends Store = Store> {
  readonly gateway: Gateway;
  readonly ports: ComposedPorts;
  readonly store: Opened;
  /** The rules by which refused log-ins are a ban. */
  readonly bans: BanRules;
  /** What the site calls itself on the pages. */
  readonly identity: SiteIdentity;
  /** The site behind, where there is one. */
  readonly upstream?: Upstream;
}

/** What a gateway is built with, beside its store and its keys. */
export interface CompositionOptions extends VerificationOptions {
  readonly settings: Settings;
  /** The site's own data. */
  readonly data?: SiteData;
  /** The site behind. */
  readonly site?: SiteOpener | undefined;
}

/** Builds the gateway over a store and its keys. */
export function compose<Opened extends Store>(
  platform: Platform,
  store: Opened,
  keys: Keys,
  options: CompositionOptions,
): Composition<Opened> {
  const { site, settings } = options;
  const identity = identityIn(options.data ?? {});
  const { bans } = settings;
  const ports = createPorts(platform, store, keys, options);
  if (!site) return { gateway: createGateway(ports, settings), ports, store, bans, identity };
  const upstream = site.open({ keys, sealer: ports.sealer });
  const gateway = createGateway(ports, settings, site.logins?.(upstream));
  return { gateway, ports, store, bans, identity, upstream };
}

/** Hashing and sealing for an operator, under these keys. */
export function unlockWith(
  platform: OperatorPlatform,
  { secretIds }: Pick<Store, 'secretIds'>,
  keys: Keys,
  hashing: HasherOptions,
): Unlocked {
  const hasher = platform.createHasher(keys, hashing);
  return recordUse({ hasher, sealer: platform.createSealer(keys) }, secretIds);
}

/** Builds what operators' verbs work with. */
export function createOperator(operator: Omit<OperatorContext, 'clock' | 'random'>): OperatorContext {
  return { ...operator, clock: systemClock, random: systemRandom };
}
