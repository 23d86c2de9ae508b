/**
 * Stands in for `infra/store/open.ts` in the pages: beside the core's ports, the books that an account
 * holder's own changes are written in.
 */
import type { Store } from '../../../core/ports.ts';
import { dynamodbAdministration } from '../../store/dynamodb/administration.ts';
import { connect, dynamodbPorts } from '../../store/dynamodb/ports.ts';
import type { OpenStore } from '../../store/open-store.ts';
import type { StoreSpec } from '../../store/spec.ts';
import { packagedStore } from './packaged-store.ts';

export async function openStore(spec: StoreSpec): Promise<Store & Pick<OpenStore, 'admin'>> {
  const connection = connect(packagedStore(spec));
  return { ...dynamodbPorts(connection), admin: dynamodbAdministration(connection) };
}
