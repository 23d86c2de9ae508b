/** What the commands of the operator work with: the store that `--store` names, and its secret. */
import { availableParallelism } from 'node:os';
import { InvalidArgumentError } from 'commander';
import { eachAccount } from '../../infra/operations/accounts.ts';
import { Refused, type Unlocked } from '../../infra/operations/operator.ts';
import { sentenceOf } from '../../infra/operations/trouble.ts';
import { type Desk, WrongInput } from '../../infra/operations/verbs.ts';
import { createHasher } from '../../infra/passwords/argon2.ts';
import { openSecretFile } from '../../infra/secrets/file.ts';
import { createSealer } from '../../infra/secrets/sealer.ts';
import type { SecretSpec } from '../../infra/secrets/spec.ts';
import { openStore } from '../../infra/store/open.ts';
import type { OpenStore } from '../../infra/store/open-store.ts';
import type { StoreSpec } from '../../infra/store/spec.ts';
import { systemClock, systemRandom } from '../../infra/system.ts';
import { configuration } from './configuration.ts';
import { liveKeys, secretPlace, sourceAt } from './places.ts';
import { UsageError } from './usage.ts';

/** The flags that every such command has. */
export interface CommonOptions {
  readonly store: StoreSpec;
  readonly secret?: string;
  readonly json?: boolean;
}

/** Milliseconds for one operation on the store: nobody waits for it with a client's patience. */
const deadline = 30_000;

/** Opens the desk, works at it, and closes it; what goes wrong becomes one sentence. */
export async function atDesk<T>(
  options: CommonOptions,
  work: (desk: Desk) => Promise<T>,
  { mayCreate = false }: { readonly mayCreate?: boolean } = {},
): Promise<T> {
  if (options.store.kind === 'memory') {
    throw new UsageError('--store memory is gone when this command ends; name a database or tables');
  }
  endQuietlyWithReader();
  const place = secretPlace(options.secret, options.store);
  if (!place) throw new UsageError('--secret names no place');
  const store = await opened(options.store, mayCreate);
  try {
    const source = await sourceAt(place);
    let unlocking: Promise<Unlocked> | undefined;
    return await work({
      store,
      source,
      configuration: configuration(process.env),
      clock: systemClock,
      random: systemRandom,
      unlock() {
        unlocking ??= unlock(place, store);
        return unlocking;
      },
    });
  } catch (error) {
    throw inOneSentence(error, store.description);
  } finally {
    await store.close();
  }
}

/** `ljgate export | head`: a reader that has seen enough is no failure. */
function endQuietlyWithReader(): void {
  process.stdout.once('error', (error) => {
    if ('code' in error && error.code === 'EPIPE') process.exit(0);
    throw error;
  });
}

async function opened(spec: StoreSpec, mayCreate: boolean): Promise<OpenStore> {
  if (spec.kind === 'dynamodb') {
    const { openDynamodb } = await import('../../infra/store/dynamodb/store.ts');
    return openDynamodb({ ...spec, deadline });
  }
  if (spec.kind === 'sqlite' && !mayCreate) {
    const { sqliteExists } = await import('../../infra/store/sqlite.ts');
    if (!sqliteExists(spec.path)) {
      throw new Refused(`there is no database ${spec.path}; check --store, or make it: ljgate tables create`);
    }
  }
  try {
    return await openStore(spec);
  } catch (error) {
    throw inOneSentence(error, spec.kind === 'sqlite' ? `sqlite:${spec.path}` : spec.kind);
  }
}

/** A long import must take part in a rotation like any server, or it would go on with the old secret. */
async function unlock(place: SecretSpec, store: OpenStore): Promise<Unlocked> {
  if (place.kind === 'file') await ensure(place.path, store);
  const keys = await liveKeys(place, (error) => console.error(`ljgate: ${error}`));
  return {
    hasher: createHasher(keys, { concurrency: availableParallelism(), queue: Number.POSITIVE_INFINITY }),
    sealer: createSealer(keys),
  };
}

/** A secret that is missing is made only where nothing can have been kept under another. */
async function ensure(path: string, store: OpenStore): Promise<void> {
  const { done: create } = await eachAccount({ store }).next();
  try {
    await openSecretFile(path, { create: create === true });
  } catch (error) {
    const what = error instanceof Error ? error.message : String(error);
    if (create || !what.endsWith('does not exist')) throw new UsageError(`--secret: ${what}`);
    throw new UsageError(
      `--secret: ${what}, and ${store.description} has accounts that need theirs; restore it`,
    );
  }
}

function inOneSentence(error: unknown, store: string): Error {
  const own = [UsageError, WrongInput, Refused, InvalidArgumentError];
  if (own.some((kind) => error instanceof kind)) return error as Error;
  return new Error(sentenceOf(error, store), { cause: error });
}
