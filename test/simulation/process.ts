/** A gateway as one process runs it: the real parts, with virtual time, cheap hashes, and an end at any moment. */
import { createHash } from 'node:crypto';
import type { Clock, PasswordHasher, Ports } from '../../core/ports.ts';
import { createGateway, type Gateway } from '../../core/protocol/gateway.ts';
import { defaultSettings } from '../../core/protocol/gateway-settings.ts';
import { createRelay, type Relay } from '../../functions/wire/relay/relay.ts';
import { createPorts, type Platform, unlockWith } from '../../infra/compose.ts';
import type { Operator } from '../../infra/operations/operator-context.ts';
import { pepperedHasher } from '../../infra/passwords/hasher.ts';
import { writePhc } from '../../infra/passwords/phc.ts';
import type { Keyring } from '../../infra/secrets/keyring.ts';
import { followRemote } from '../../infra/secrets/live-keys.ts';
import { createSealer } from '../../infra/secrets/sealer.ts';
import type { AdministeredStore } from '../../infra/stores/open-store.ts';
import { byteBudget } from '../../infra/upstream/byte-budget.ts';
import { siteClient } from '../../infra/upstream/site-client.ts';
import type { Transport } from '../../infra/upstream/transport.ts';
import type { Dice } from './dice.ts';
import type { Scheduler } from './scheduler.ts';
import type { SecretService } from './secret-service.ts';

/** Milliseconds by which the clock of a process may be off. */
export const mostSkew = 10_000;

/** What lives and dies with a process. */
export interface Life {
  alive: boolean;
  /** Ends never once the process is dead. */
  sleep(ms: number): Promise<void>;
}

/** A life that has begun. */
export function createLife(scheduler: Scheduler): Life {
  const life: Life = {
    alive: true,
    async sleep(ms) {
      await scheduler.sleep(ms);
      if (!life.alive) await new Promise(() => undefined);
    },
  };
  return life;
}

/** A process. */
export interface SimulatedProcess {
  readonly life: Life;
  readonly gateway: Gateway;
  readonly operator: Operator;
  readonly relay: Relay;
  /** Hashes cheaply with given keys. */
  createHasher(keyring: Keyring): PasswordHasher;
  /** Sets its clock to the right time, or to one that is off. */
  stepClock(): void;
}

interface Parts {
  readonly scheduler: Scheduler;
  readonly dice: Dice;
  readonly life: Life;
  readonly store: AdministeredStore;
  readonly secrets: SecretService;
  readonly transport: Transport;
  /** Changes the ports: tests plant faults so. */
  readonly plant?: ((ports: Ports, operator: Operator) => Ports) | undefined;
}

/** Starts a process over a store. */
export function startProcess(parts: Parts): SimulatedProcess {
  const { scheduler, dice, life, store, secrets, transport, plant = (ports: Ports) => ports } = parts;
  const skewed = () => Math.floor((dice.next() * 2 - 1) * mostSkew);
  let skew = skewed();
  const clock: Clock = { now: () => Math.floor(scheduler.now()) + skew };
  const random = { bytes: (count: number) => Uint8Array.from({ length: count }, () => dice.below(256)) };
  const keys = followRemote({ read: () => secrets.read(life) }, secrets.startWith(), () => undefined);
  const platform = platformOf(life, dice);
  const ports = { ...createPorts(platform, store, keys, { remember: 5 }), clock, random };
  const unlocked = unlockWith(platform, store, keys, {});
  const operator: Operator = {
    store,
    clock,
    random,
    unlock: async () => unlocked,
  };
  const planted = plant(ports, operator);
  const made = createGateway(planted, defaultSettings);
  const gateway: Gateway = {
    answer: (call) => keys.fresh().then(() => made.answer(call)),
    admit: (claim) => keys.fresh().then(() => made.admit(claim)),
  };
  const upstream = siteClient({
    url: new URL('http://site.example'),
    transport,
    voucher: { vouch: async () => ({ kind: 'vouched', credentials: [], headers: async () => ({}) }) },
    budget: byteBudget(2 ** 20),
  });
  return {
    life,
    gateway,
    operator,
    relay: createRelay(gateway, upstream),
    createHasher: (keyring) => platform.createHasher(keyring),
    stepClock() {
      skew = dice.chance(0.3) ? 0 : skewed();
    },
  };
}

/** One SHA-256 in place of argon2, which takes its time all the same. */
function platformOf(life: Life, dice: Dice): Platform {
  const salt = new Uint8Array(16);
  const tag = (password: string, secret: Uint8Array) =>
    createHash('sha256').update(secret).update(password).digest();
  const argon2id = {
    mostMemory: 65_536,
    concurrency: 2,
    async hash(password: string, cost: Parameters<typeof writePhc>[0] | object, secret: Uint8Array) {
      await life.sleep(5 + dice.below(60));
      return writePhc({
        memoryCost: 19_456,
        timeCost: 2,
        parallelism: 1,
        ...cost,
        salt,
        tag: tag(password, secret),
      });
    },
    async verify(phc: string, _: unknown, password: string, secret: Uint8Array) {
      await life.sleep(5 + dice.below(60));
      return (
        phc ===
        writePhc({ memoryCost: 19_456, timeCost: 2, parallelism: 1, salt, tag: tag(password, secret) })
      );
    },
  };
  return {
    createHasher: (keys, options = {}) => pepperedHasher(argon2id, keys, options),
    createSealer,
    createBcryptVerifier: () => ({ matches: async () => false }),
  };
}
