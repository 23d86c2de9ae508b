/**
 * Rotation of the root secret under a running site. The order is what makes it safe: a secret is
 * valid everywhere before anybody uses it, and used by nobody before it goes. The keyring itself
 * says how far it is, so an interrupted rotation is taken up by the next run.
 */
import { availableParallelism } from 'node:os';
import { defaultSettings } from '../../core/settings.ts';
import { createHasher } from '../passwords/argon2.ts';
import type { Keyring } from '../secrets/keyring.ts';
import { createSealer } from '../secrets/sealer.ts';
import type { SecretSource } from '../secrets/source.ts';
import { countNeeds, type Needs } from './needs.ts';
import type { Operator } from './operator.ts';
import { type RenewProgress, renewAccounts } from './renew.ts';
import { iso } from './views.ts';

/** What is being done, for whoever watches. Ids only. */
export type RotationStep =
  | { readonly step: 'added'; readonly id: string }
  | { readonly step: 'waiting'; readonly seconds: number; readonly why: string }
  | { readonly step: 'current'; readonly id: string }
  | ({ readonly step: 'renewing' } & RenewProgress)
  | { readonly step: 'retired'; readonly id: string }
  | { readonly step: 'kept'; readonly id: string; readonly needs: Needs };

/** How to rotate. */
export interface RotationOptions {
  /** Seconds until every server has seen a change of the secrets; default: the source's own. */
  readonly settle?: number | undefined;
  readonly wait: (ms: number) => Promise<void>;
  readonly onStep: (step: RotationStep) => void;
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
  const waiting = async (seconds: number, why: string) => {
    onStep({ step: 'waiting', seconds, why });
    await options.wait(seconds * 1000);
  };
  const found = await source.read();
  const added = await withFresh(source, found);
  const fresh = added.rotating ?? added.currentId;
  if (added !== found) onStep({ step: 'added', id: fresh });

  let keyring = added;
  if (added.currentId !== fresh) {
    await waiting(settle, 'until every server knows the new secret');
    keyring = added.withCurrent(fresh);
    await source.replace(keyring);
    onStep({ step: 'current', id: fresh });
  }
  await waiting(settle, 'until every server uses it');
  const unused = operator.clock.now();

  const { renewed } = await renewAccounts(operator, unlock(keyring), (progress) =>
    onStep({ step: 'renewing', ...progress }),
  );

  const rest = defaultSettings.challengeLifetime + 5 - (operator.clock.now() - unused) / 1000;
  if (rest > 0) await waiting(Math.ceil(rest), 'until no challenge of the old secret is in flight');
  const needs = await countNeeds(operator);
  const old = keyring.list().filter(({ id }) => id !== fresh);
  const retired = old.filter(({ id }) => !needs.has(id)).map(({ id }) => id);
  await source.replace(keyring.withoutOld(retired));
  const kept: string[] = [];
  for (const { id } of old) {
    const need = needs.get(id);
    if (need) kept.push(id);
    onStep(need ? { step: 'kept', id, needs: need } : { step: 'retired', id });
  }
  return { current: fresh, renewed, retired, kept };
}

async function withFresh(source: SecretSource, found: Keyring): Promise<Keyring> {
  if (found.rotating !== undefined) return found;
  const added = found.withFresh();
  await source.replace(added);
  return added;
}

/** Half of the cores are left to those who log in. */
function unlock(keyring: Keyring) {
  const concurrency = Math.max(1, Math.floor(availableParallelism() / 2));
  return {
    hasher: createHasher(keyring, { concurrency, queue: Number.POSITIVE_INFINITY }),
    sealer: createSealer(keyring),
    current: keyring.current.bind(keyring),
    byId: keyring.byId.bind(keyring),
  };
}

/** One secret, and what needs it. */
export interface SecretRow extends Needs {
  readonly id: string;
  readonly created: string | null;
  readonly use: 'current' | 'coming' | 'old';
}

/** The secrets and what needs each; `missing`: secrets that something needs and nobody has. */
export async function secretStatus(
  operator: Operator,
  source: SecretSource,
): Promise<{ readonly secrets: readonly SecretRow[]; readonly missing: readonly string[] }> {
  const [keyring, needs] = await Promise.all([source.read(), countNeeds(operator)]);
  const known = keyring.list();
  const use = (id: string) => {
    if (id === keyring.currentId) return 'current';
    return id === keyring.rotating ? 'coming' : 'old';
  };
  const secrets = known.map(({ id, created }) => ({
    id,
    // A stack's own secret does not tell when it was made.
    created: created === 0 ? null : iso(created),
    use: use(id),
    ...(needs.get(id) ?? { sealed: 0, verifiers: 0, logins: 0 }),
  })) satisfies SecretRow[];
  const ids = new Set(known.map(({ id }) => id));
  return { secrets, missing: [...needs.keys()].filter((id) => !ids.has(id)) };
}
