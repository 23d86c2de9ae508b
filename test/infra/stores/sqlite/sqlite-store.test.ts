import { join } from 'node:path';
import { openSqlite } from '../../../../infra/stores/sqlite/sqlite-store.ts';
import { temporaryFolder } from '../../../support/stores.ts';
import { describeStore } from '../conformance.ts';
import { describeLimits } from '../limits-conformance.ts';

const folder = temporaryFolder();

describeStore('SQLite on disk', async () => openSqlite(join(folder, 'made', 'on opening', 'ljgate.sqlite')), {
  sweeps: true,
});

describeLimits('SQLite on disk', async () => openSqlite(join(folder, 'limits.sqlite')));
