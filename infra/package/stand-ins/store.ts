/**
 * Stands in for `infra/store/open.ts` where the core's ports are enough: a packaged function keeps its
 * data in DynamoDB and has no other store, nor what only an operator does to one.
 */
import type { Store } from '../../../core/ports.ts';
import { connect, dynamodbPorts } from '../../store/dynamodb/ports.ts';
import type { StoreSpec } from '../../store/spec.ts';
import { packagedStore } from './packaged-store.ts';

export async function openStore(spec: StoreSpec): Promise<Store> {
  return dynamodbPorts(connect(packagedStore(spec)));
}
