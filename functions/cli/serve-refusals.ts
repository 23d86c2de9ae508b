/** Options of `ljgate serve` that do not go together. */
import type { ServeOptions } from './setting-options.ts';
import { UsageError } from './usage-error.ts';

/** @throws {UsageError} naming the option, and what to do */
export function refuseCombinations(options: ServeOptions): void {
  refuseD1(options);
  refuseDemoInTheCloud(options);
}

/** Each read would be a request to Cloudflare's interface, which limits them. */
function refuseD1({ store }: ServeOptions): void {
  if (store.kind === 'd1') {
    throw new UsageError('--store d1: is for managing a database; a Worker serves from it: wrangler dev');
  }
}

/** Demo passwords are public: they must not reach a table that the internet logs in to. */
function refuseDemoInTheCloud({ demo, store }: ServeOptions): void {
  if (demo && store.kind === 'dynamodb' && store.endpoint === undefined) {
    throw new UsageError('--demo adds accounts with public passwords, so it refuses DynamoDB in the cloud');
  }
}
