/** Opens the store that `--store` names. */
import type { OpenStore, StoreObserver } from './open-store.ts';
import type { StoreUri } from './store-uri.ts';

/**
 * Opens the store. Only the adapter in use is loaded. `observer` observes SQLite.
 * @throws {StoreUnavailable | StoreFailed}
 */
export async function openStore(uri: StoreUri, observer?: StoreObserver): Promise<OpenStore> {
  switch (uri.kind) {
    case 'memory':
      return (await import('./sqlite/sqlite-store.ts')).openSqliteInMemory(observer);
    case 'sqlite':
      return (await import('./sqlite/sqlite-store.ts')).openSqlite(uri.path, { observer });
    case 'dynamodb':
      return (await import('./dynamodb/dynamodb-store.ts')).openDynamodb(uri);
    case 'd1':
      if (uri.local) return (await import('./d1/d1-local.ts')).openLocalD1(uri);
      return (await import('./d1/d1-http.ts')).openD1ByHttp(uri.name, process.env);
  }
}
