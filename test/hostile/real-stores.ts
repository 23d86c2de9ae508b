/** The real stores that races are run on: a fresh one each time, opened as often as is wanted. */
import { join } from 'node:path';
import { openDynamodb } from '../../infra/stores/dynamodb/dynamodb-store.ts';
import type { OpenStore } from '../../infra/stores/open-store.ts';
import { openSqlite } from '../../infra/stores/sqlite/sqlite-store.ts';
import { dynamodbLocal, startDynalite, temporaryFolder, uniquePrefix } from '../support/stores.ts';

/** Gives the way to open handles on one fresh store. */
export type FreshStore = () => Promise<() => Promise<OpenStore>>;

/** A burst of 200 on a busy machine is no failure of the store. */
const deadline = 240_000;

/** `open` is `undefined` where a program is missing. */
export async function realStores(): Promise<readonly { name: string; fresh: FreshStore | undefined }[]> {
  const folder = temporaryFolder();
  let files = 0;
  const sqlite: FreshStore = async () => {
    const path = join(folder, `${files++}.sqlite`);
    return async () => openSqlite(path);
  };
  const dynamodb =
    (endpoint: string): FreshStore =>
    async () => {
      const where = { prefix: uniquePrefix(), endpoint, deadline };
      await openDynamodb(where).prepare();
      return async () => openDynamodb(where);
    };
  const local = await dynamodbLocal();
  return [
    { name: 'SQLite', fresh: sqlite },
    { name: 'dynalite', fresh: dynamodb(await startDynalite()) },
    { name: 'DynamoDB Local (needs java)', fresh: local === undefined ? undefined : dynamodb(local) },
  ];
}
