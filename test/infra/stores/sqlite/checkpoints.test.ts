/** The thread that makes checkpoints, where it cannot. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { checkpoints } from '../../../../infra/stores/sqlite/checkpoints.ts';
import { temporaryFolder } from '../../../support/stores.ts';

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
