/**
 * Stands in for `infra/store/open.ts`: a packaged function keeps its data in DynamoDB and has no other
 * store, nor what only an operator does to one.
 */
import type { Store } from '../../../core/ports.ts';
import { connect, dynamodbPorts } from '../../store/dynamodb/ports.ts';
import type { StoreSpec } from '../../store/spec.ts';

export async function openStore(spec: StoreSpec): Promise<Store> {
  if (spec.kind === 'dynamodb') return dynamodbPorts(connect(spec));
  throw new Error(`a packaged function has no ${spec.kind} store; it wants dynamodb:PREFIX`);
}
