/** Opens the store that an operator named. */
import type { OpenStore } from './open-store.ts';
import type { StoreSpec } from './spec.ts';

/**
 * Opens a store. Each adapter is loaded only when it is asked for.
 * @throws {StoreUnavailable | StoreFailed}
 */
export async function openStore(spec: StoreSpec): Promise<OpenStore> {
  switch (spec.kind) {
    case 'memory':
      return (await import('./memory.ts')).memoryStore();
    case 'sqlite':
      return (await import('./sqlite.ts')).openSqlite(spec.path);
    case 'dynamodb':
      return (await import('./dynamodb/store.ts')).openDynamodb(spec);
    case 'd1':
      return (await import('./d1-wrangler.ts')).openD1ByWrangler(spec);
  }
}
