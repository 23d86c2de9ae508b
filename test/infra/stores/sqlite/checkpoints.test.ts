/** The thread that makes checkpoints, where it cannot. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { checkpoints } from '../../../../infra/stores/sqlite/checkpoints.ts';
import { openSqlite } from '../../../../infra/stores/sqlite/sqlite-store.ts';
import { temporaryFolder } from '../../../support/stores.ts';
import { freshAccount } from '../fresh.ts';

test('a thread that cannot open the database says that it ended, makes no new file, and can be closed', async () => {
  const path = join(temporaryFolder(), 'moved away.sqlite');
  const ended = Promise.withResolvers<void>();
  const making = checkpoints(path, { onFailedFlush: () => expect.unreachable(), onEnd: ended.resolve });
  making.wrote(10_000);
  await ended.promise;
  making.wrote(10_000);
  await making.close();
  expect(existsSync(path)).toBe(false);
});

test('what is written little by little is soon in the database itself, and not in its log alone', async () => {
  const path = join(temporaryFolder(), 'quiet.sqlite');
  const store = openSqlite(path, { copyAfter: 10 });
  const account = freshAccount();
  await store.accounts.add(account);
  // The file alone, as if the log were lost.
  await expect.poll(() => readFileSync(path).includes(account.username)).toBe(true);
  await store.close();
});
