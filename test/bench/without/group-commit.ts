/** Flushes each commit on the main thread, as SQLite's `synchronous = FULL` does. */
import { closeSync, fdatasyncSync, openSync } from 'node:fs';
import type { groupCommit as real } from '../../../infra/stores/sqlite/group-commit.ts';

export const groupCommit: typeof real = (path) => {
  const log = openSync(path, 'r+');
  return {
    flushed: async () => fdatasyncSync(log),
    settled: async () => {},
    close: () => closeSync(log),
  };
};
