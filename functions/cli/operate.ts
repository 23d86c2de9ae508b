/** What the commands of the operator work with: the store that `--store` names, and its secret. */
import { availableParallelism } from 'node:os';
import { InvalidArgumentError } from 'commander';
import { banRules, createOperator, unlockWith } from '../../infra/compose.ts';
import { nodePlatform } from '../../infra/node-platform.ts';
import { openOnce } from '../../infra/open-once.ts';
import { explainError } from '../../infra/operations/explain-error.ts';
import { OperationRefused, type Unlocked } from '../../infra/operations/operator-context.ts';
import { neededSecrets } from '../../infra/operations/secret-usage.ts';
import { type OperatorContext, WrongInput } from '../../infra/operations/verb-definition.ts';
import { unhurried } from '../../infra/passwords/hasher.ts';
import { generateKeyring } from '../../infra/secrets/keyring.ts';
import { readSecretFile } from '../../infra/secrets/secret-file.ts';
import type { SecretUri } from '../../infra/secrets/secret-uri.ts';
import type { ValuesOf } from '../../infra/settings-reader.ts';
import { openStore } from '../../infra/stores/open-by-uri.ts';
import type { OpenStore } from '../../infra/stores/open-store.ts';
import type { StoreUri } from '../../infra/stores/store-uri.ts';
import { checkSite } from '../../infra/upstream/check-site.ts';
import { nodeTransport } from '../../infra/upstream/node-transport.ts';
import { configuration } from './check-variables.ts';
import { requireFolder } from './data-files.ts';
import { keysFor, secretLocation, sourceAt } from './secret-location.ts';
import { UsageError } from './usage-error.ts';

/** The options that every such command has. */
export type CommonOptions = ValuesOf<'command'> & { readonly json?: boolean };

/** The options of `ljgate doctor`. */
export type DoctorOptions = CommonOptions & ValuesOf<'doctor'>;

/** The options of the commands on bans. */
export type BanOptions = CommonOptions & ValuesOf<'bans'>;

/** Milliseconds for one operation on the store: ten times what a client of the protocol waits for. */
const deadline = 30_000;

/** Opens the store, runs the work, and closes the store. An error becomes one sentence. */
export async function operate<T>(
  options: CommonOptions & Partial<BanOptions & DoctorOptions>,
  work: (operator: OperatorContext) => Promise<T>,
  {
    mayCreate = false,
    changesNothing = false,
  }: { readonly [what in 'mayCreate' | 'changesNothing']?: boolean } = {},
): Promise<T> {
  if (options.store.kind === 'memory') {
    throw new UsageError('--store memory is gone when this command ends; name a database or tables');
  }
  const { upstream } = options;
  const location = secretLocation(options.secret, options.store);
  if (!location) throw new UsageError('--secret names no place');
  const store = await opened(options.store, mayCreate);
  try {
    const source = await sourceAt(location);
    const operator = createOperator({
      store,
      source,
      bans: banRules(options),
      configuration: configuration(process.env),
      ...(upstream && { checkSite: () => checkSite(upstream, nodeTransport()) }),
      unlock: openOnce(() => (changesNothing ? tryOut(location, store) : unlock(location, store))),
    });
    return await work(operator);
  } catch (error) {
    throw inOneSentence(error, store.description);
  } finally {
    await store.close();
  }
}

async function opened(spec: StoreUri, mayCreate: boolean): Promise<OpenStore> {
  if (spec.kind === 'dynamodb') {
    const { openDynamodb } = await import('../../infra/stores/dynamodb/dynamodb-store.ts');
    return openDynamodb({ ...spec, deadline });
  }
  if (mayCreate) requireFolder(spec);
  else if (spec.kind === 'sqlite') {
    const { sqliteExists } = await import('../../infra/stores/sqlite/sqlite-store.ts');
    if (!sqliteExists(spec.path)) {
      throw new OperationRefused(
        `there is no database ${spec.path}; check --store, or make it: npx ljgate tables create`,
      );
    }
  }
  try {
    return await openStore(spec);
  } catch (error) {
    throw inOneSentence(error, spec.kind === 'sqlite' ? `sqlite:${spec.path}` : spec.kind);
  }
}

/** The keys follow a rotation: a long import would else go on with the old secret. */
async function unlock(location: SecretUri, store: OpenStore): Promise<Unlocked> {
  const needs = { store: store.description, needed: await neededSecrets(store) };
  const keys = await keysFor(location, needs, ({ message }) => console.error(`ljgate: ${message}`));
  return unlockWith(nodePlatform, store, keys, {
    concurrency: availableParallelism(),
    ...unhurried,
  });
}

/** For work that writes nothing: a secret that is missing is not made, and none is noted in the store as used. */
async function tryOut(location: SecretUri, store: OpenStore): Promise<Unlocked> {
  const needs = { store: store.description, needed: await neededSecrets(store) };
  const isMissing = location.kind === 'file' && !readSecretFile(location.path) && needs.needed.size === 0;
  const keys = isMissing ? generateKeyring() : await keysFor(location, needs, () => {});
  const secretIds = { list: async () => needs.needed, add: async () => {}, remove: async () => {} };
  return unlockWith(nodePlatform, { secretIds }, keys, { concurrency: availableParallelism(), ...unhurried });
}

function inOneSentence(error: unknown, store: string): Error {
  const own = [UsageError, WrongInput, OperationRefused, InvalidArgumentError];
  if (own.some((kind) => error instanceof kind)) return error as Error;
  return new Error(explainError(error, store), { cause: error });
}
