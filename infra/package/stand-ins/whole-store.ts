/** Stands in for `infra/store/open.ts` in the admin function, which looks at the tables, too. */
import { openDynamodb } from '../../store/dynamodb/store.ts';
import type { OpenStore } from '../../store/open-store.ts';
import type { StoreSpec } from '../../store/spec.ts';
import { packagedStore } from './packaged-store.ts';

export async function openStore(spec: StoreSpec): Promise<OpenStore> {
  return openDynamodb(packagedStore(spec));
}
