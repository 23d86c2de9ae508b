/** A Worker's store: the D1 database that it is bound to, or DynamoDB tables by configuration. */
import { openD1 } from '../../infra/store/d1.ts';
import type { OpenStore } from '../../infra/store/open-store.ts';
import { parseStoreSpec } from '../../infra/store/spec.ts';
import { type Environment, readVariable } from './environment.ts';

/** @throws {Error} naming the variable or binding that is missing or wrong */
export async function openStore(environment: Environment): Promise<OpenStore> {
  if (environment['LJGATE_STORE'] !== undefined) return openTables(environment);
  if (!environment.DB) throw new Error('DB: no D1 database is bound under this name');
  return openD1(environment.DB);
}

/** The SDK is loaded only here: sites on D1 pay nothing for it but its bytes. */
async function openTables(environment: Environment): Promise<OpenStore> {
  const spec = readVariable(environment, 'LJGATE_STORE', parseStoreSpec);
  if (spec.kind !== 'dynamodb') {
    throw new Error('LJGATE_STORE wants dynamodb:PREFIX on a Worker; leave it out for D1');
  }
  const { openDynamodb } = await import('../../infra/store/dynamodb/store.ts');
  const text = (name: string) => readVariable(environment, name, String);
  return openDynamodb({
    ...spec,
    region: text('AWS_REGION'),
    credentials: { accessKeyId: text('AWS_ACCESS_KEY_ID'), secretAccessKey: text('AWS_SECRET_ACCESS_KEY') },
  });
}
