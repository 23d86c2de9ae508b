/**
 * Rotation of the root secret under a running site. The order is what makes it safe: a secret is
 * valid everywhere before anybody uses it, and used by nobody before it goes. The keyring itself
 * says how far it is, so an interrupted rotation is taken up by the next run.
 */
import { availableParallelism } from 'node:os';
import type { PasswordHasher } from '../../core/ports.ts';
import { defaultSettings } from '../../core/protocol/gateway-settings.ts';
import { createThreadedHasher } from '../passwords/hash-threads.ts';
import { unhurried } from '../passwords/hasher.ts';
import type { Keyring } from '../secrets/keyring.ts';
import { createSealer } from '../secrets/sealer.ts';
import type { SecretSource } from '../secrets/secret-source.ts';
import { changeAccounts } from './change-accounts.ts';
import { withoutSecrets } from './drop-secret.ts';
import type { Operator } from './operator-context.ts';
import { reencryptAccounts } from './reencrypt.ts';
import { countSecretUsage, idsOf, isClosed, type SecretUsage } from './secret-usage.ts';

/** What is being done, for whoever watches. Ids only. */
export type RotationStep =
  | { readonly step: 'added'; readonly id: string }
  | { readonly step: 'waiting'; readonly seconds: number; readonly why: string }
  | { readonly step: 'current'; readonly id: string }
  | { readonly step: 'renewing'; readonly accounts: number; readonly renewed: number }
  | { readonly step: 'closed'; readonly accounts: number }
  | { readonly step: 'retired'; readonly id: string }
  | { readonly step: 'kept'; readonly id: string; readonly needs: SecretUsage };

/** How to rotate. */
export interface RotationOptions {
  /** Seconds until every server has seen a change of the secrets; default: the source's own. */
  readonly settle?: number | undefined;
  /**
   * Has the changed secrets brought to servers that do not read the source themselves. Resolves when all
   * have them; a rejection ends the run, and the next one goes on from there.
   */
  readonly handOver?: ((why: string) => Promise<void>) | undefined;
  readonly wait: (ms: number) => Promise<void>;
  readonly onStep: (step: RotationStep) => void;
  /** Hashes the passwords anew; default: in threads. */
  readonly createHasher?: ((keyring: Keyring) => PasswordHasher) | undefined;
}

/** What came of it. */
export interface Rotation {
  readonly current: string;
  readonly renewed: number;
  readonly retired: readonly string[];
  /** Secrets that something still needs. */
  readonly kept: readonly string[];
}

/** Rotates, or ends a rotation that was interrupted. */
export function rotateSecret(
  operator: Operator,
  source: SecretSource,
  options: RotationOptions,
): Promise<Rotation> {
  return source.alone(() => rotate(operator, source, options));
}

async function rotate(operator: Operator, source: SecretSource, options: RotationOptions): Promise<Rotation> {
  const { settle = source.settle, onStep } = options;
  const { secretIds } = operator.store;
  const waiting = async (seconds: number, why: string) => {
    onStep({ step: 'waiting', seconds, why });
    await options.wait(seconds * 1000);
  };
  const everywhere = async (why: string) => {
    await options.handOver?.(why);
    await waiting(settle, why);
  };
  const found = await source.read();
  const interrupted = found.rotating !== undefined;
  let keyring = interrupted ? found : await source.change((now) => now.withFresh());
  const fresh = keyring.rotating ?? keyring.currentId;
  if (!interrupted) onStep({ step: 'added', id: fresh });

  const isCurrent = keyring.currentId === fresh;
  if (!isCurrent) await everywhere('until every server knows the new secret');
  await secretIds.add([fresh]);
  if (!isCurrent) {
    keyring = await source.change((now) => now.withCurrent(fresh));
    onStep({ step: 'current', id: fresh });
  }
  await everywhere('until every server uses it');
  const unused = operator.clock.now();

  const { changed } = await reencryptAccounts(operator, unlock(keyring, options), (progress) =>
    onStep({ step: 'renewing', accounts: progress.accounts, renewed: progress.changed }),
  );

  const rest = defaultSettings.challengeLifetime + 5 - (operator.clock.now() - unused) / 1000;
  if (rest > 0) await waiting(Math.ceil(rest), 'until no challenge of the old secret is in flight');
  return {
    current: fresh,
    renewed: changed,
    ...(await retire(operator, source, { old: found, fresh, onStep })),
  };
}

interface Retiring extends Pick<RotationOptions, 'onStep'> {
  readonly old: Keyring;
  readonly fresh: string;
}

/**
 * Takes away the old secrets that nothing needs. One that somebody put back meanwhile is not among them. The
 * store forgets an id first: it must never ask for a secret that is nowhere.
 */
async function retire(
  operator: Operator,
  source: SecretSource,
  { old, fresh, onStep }: Retiring,
): Promise<Pick<Rotation, 'retired' | 'kept'>> {
  const { secretIds } = operator.store;
  const usage = await countSecretUsage(operator);
  const needed = new Set([...idsOf(usage), fresh]);
  const retired = old.list().flatMap(({ id }) => (needed.has(id) ? [] : [id]));
  if (retired.some((id) => usage.has(id))) {
    const { changed } = await changeAccounts(operator, async (account) =>
      isClosed(account) ? withoutSecrets(account, retired) : undefined,
    );
    onStep({ step: 'closed', accounts: changed });
  }
  const listed = [...((await secretIds.list()) ?? [])];
  await secretIds.remove(listed.filter((id) => !needed.has(id)));
  const left = await source.change((now) => now.without(retired).rotated());
  for (const id of retired) onStep({ step: 'retired', id });
  const kept: string[] = [];
  for (const { id } of left.list()) {
    const needs = usage.get(id);
    if (id === fresh || !needs) continue;
    kept.push(id);
    onStep({ step: 'kept', id, needs });
  }
  return { retired, kept };
}

function unlock(keyring: Keyring, { createHasher = threadedHasher }: Pick<RotationOptions, 'createHasher'>) {
  return {
    hasher: createHasher(keyring),
    sealer: createSealer(keyring),
    current: keyring.current.bind(keyring),
  };
}

/** Half of the cores are left to those who log in. */
function threadedHasher(keyring: Keyring): PasswordHasher {
  const concurrency = Math.max(1, Math.floor(availableParallelism() / 2));
  return createThreadedHasher(keyring, { concurrency, ...unhurried });
}
