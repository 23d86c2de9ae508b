/** A Worker's store: the D1 database that is bound to it, or DynamoDB tables that LJGATE_STORE names. */
import * as settings from '../../../infra/settings.ts';
import { readSettings, type SettingsOf } from '../../../infra/settings-reader.ts';
import { openD1 } from '../../../infra/stores/d1/d1-store.ts';
import type { OpenStore } from '../../../infra/stores/open-store.ts';
import type { StoreUri } from '../../../infra/stores/store-uri.ts';
import type { Environment } from './environment.ts';

const table: SettingsOf<'workerDynamodb'> = {
  awsRegion: settings.awsRegion,
  awsAccessKeyId: settings.awsAccessKeyId,
  awsSecretAccessKey: settings.awsSecretAccessKey,
};

/** @throws {Error} naming the variable or binding that is missing or wrong */
export async function openStore(uri: StoreUri | undefined, environment: Environment): Promise<OpenStore> {
  if (uri !== undefined) return openTables(uri, environment);
  if (!environment.DB) throw new Error('DB: no D1 database is bound under this name');
  return openD1(environment.DB);
}

/** Only a Worker with DynamoDB loads the SDK. */
async function openTables(uri: StoreUri, environment: Environment): Promise<OpenStore> {
  if (uri.kind !== 'dynamodb') {
    throw new Error('LJGATE_STORE wants dynamodb:PREFIX on a Worker; leave it out for D1');
  }
  const aws = readSettings('workerDynamodb', table, environment);
  const { openDynamodb } = await import('../../../infra/stores/dynamodb/dynamodb-store.ts');
  return openDynamodb({
    ...uri,
    region: aws.awsRegion,
    credentials: { accessKeyId: aws.awsAccessKeyId, secretAccessKey: aws.awsSecretAccessKey },
  });
}
