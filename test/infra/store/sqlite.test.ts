import { join } from 'node:path';
import { openSqlite } from '../../../infra/store/sqlite.ts';
import { temporaryFolder } from '../../support/stores.ts';
import { describeStore } from './conformance.ts';

const folder = temporaryFolder();

describeStore('SQLite on disk', async () => openSqlite(join(folder, 'made', 'on opening', 'ljgate.sqlite')), {
  sweeps: true,
});
