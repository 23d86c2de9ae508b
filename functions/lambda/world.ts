/** A Lambda function's world, built once per start from its variables. */
import { defaultBans } from '../../core/bans.ts';
import { createGateway, type Gateway } from '../../core/gateway.ts';
import type { Ports } from '../../core/ports.ts';
import { openSecretFile } from '../../infra/secrets/file.ts';
import { followFile, followRemote, type LiveKeys, type OnTrouble } from '../../infra/secrets/live.ts';
import { fetchSecret, openManagedSecret, SecretUnavailable } from '../../infra/secrets/manager.ts';
import { parseManagedSecret, parseSecretSpec, type SecretSpec } from '../../infra/secrets/spec.ts';
import { parseBan, parseMinutes } from '../../infra/settings/parse.ts';
import { openStore } from '../../infra/store/open.ts';
import type { OpenStore } from '../../infra/store/open-store.ts';
import { parseStoreSpec } from '../../infra/store/spec.ts';
import { createPorts, createSettings } from '../../infra/world.ts';

/** The variables that a function reads, as `process.env` has them. */
export type Variables = Readonly<Record<string, string | undefined>>;

/** What a function opens. */
export interface World {
  readonly gateway: Gateway;
  readonly ports: Ports;
  readonly store: OpenStore;
  /** What CloudFront sends to prove that a request came through it; absent: there is no such edge. */
  readonly originProof?: string;
  /** To be awaited before each event: a rotation of the root secret reaches a frozen function so. */
  fresh(): Promise<void>;
}

/**
 * @throws {SecretUnavailable} when Secrets Manager does not give up a secret
 * @throws {Error} naming the variable, what it got and what it wants
 */
export async function openWorld(variables: Variables, onTrouble: OnTrouble): Promise<World> {
  const read = <T>(name: string, parse: (text: string) => T, otherwise?: T): T => {
    const text = variables[name];
    if (text === undefined && otherwise !== undefined) return otherwise;
    try {
      return parse(text ?? '');
    } catch (cause) {
      throw new Error(`${name} ${cause instanceof Error ? cause.message : ''}; got "${text ?? ''}"`, {
        cause,
      });
    }
  };
  const storeSpec = read('LJGATE_STORE', parseStoreSpec);
  const secret = read('LJGATE_SECRET', parseSecretSpec);
  const pair = read('LJGATE_LOGIN_BAN', parseBan, defaultBans.pair);
  const sweep = read('LJGATE_SWEEP_BAN', parseBan, pair === 'off' ? pair : defaultBans.sweep);
  const remember = read('LJGATE_REMEMBER', parseMinutes, 5);
  const proof = read('LJGATE_ORIGIN_PROOF', parseManagedSecret);

  const [keys, originProof] = await Promise.all([openKeys(secret, onTrouble), proof && fetchSecret(proof)]);
  const store = await openStore(storeSpec);
  const ports = createPorts(store, keys, remember);
  const gateway = createGateway(ports, createSettings({ pair, sweep }, variables['LJGATE_SITE']));
  return { gateway, ports, store, fresh: () => keys.fresh(), ...(originProof && { originProof }) };
}

async function openKeys(spec: SecretSpec, onTrouble: OnTrouble): Promise<LiveKeys> {
  if (spec.kind === 'file') {
    return followFile(spec.path, await openSecretFile(spec.path, { create: false }), onTrouble);
  }
  const read = () => openManagedSecret(spec.id);
  return followRemote({ read }, await read(), onTrouble);
}

/** A world that is opened by the first event. */
export interface DeferredWorld {
  /** Opens the world unless that is done; never rejects. Absent: it could not be opened. */
  start(): Promise<World | undefined>;
  /** The world once started. Rejects while it could not be opened. */
  open(): Promise<World>;
  /** Answers once started; refuses every call while the world could not be opened. */
  readonly gateway: Gateway;
}

/**
 * Defers opening to the first event. While that fails, callers get a refusal in their own protocol
 * and the log gets the reason: 502 where waiting may help, because the service that keeps the secret
 * is away, else 500. Each event tries again, once, however many calls it makes.
 * @see PROTOCOL §6
 */
export function deferredWorld(open: () => Promise<World>): DeferredWorld {
  let opening: Promise<World> | undefined;
  let failed = false;
  const attempt = () => {
    failed = false;
    opening = open();
    opening.catch(() => {
      failed = true;
    });
    return opening;
  };
  return {
    start: () => (opening && !failed ? opening : attempt()).catch(() => undefined),
    open: () => opening ?? attempt(),
    gateway: {
      async answer(call) {
        let world: World;
        try {
          world = await (opening ?? attempt());
        } catch (cause) {
          const passing = cause instanceof SecretUnavailable && cause.passing;
          return { ok: false, refusal: { code: passing ? 502 : 500 }, cause };
        }
        return world.gateway.answer(call);
      },
    },
  };
}
