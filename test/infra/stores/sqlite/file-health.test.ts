/** A database whose file goes away under it, or whose flushes fail, acknowledges nothing. */
import { copyFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { StoreUnavailable } from '../../../../core/failures.ts';
import type { OpenStore } from '../../../../infra/stores/open-store.ts';
import { openSqlite } from '../../../../infra/stores/sqlite/sqlite-store.ts';
import { temporaryFolder } from '../../../support/stores.ts';
import { account, failures, operations } from '../operations.ts';

let path: string;
beforeEach(() => {
  path = join(temporaryFolder(), 'ljgate.sqlite');
});

function opened(...args: Parameters<typeof openSqlite>): OpenStore {
  const store = openSqlite(...args);
  onTestFinished(() => store.close());
  return store;
}

const read = (store: OpenStore) => operations['records.read'](store);
const place = async (store: OpenStore) =>
  (await store.inspect()).find(({ what }) => what === 'database: place');

describe.each([
  ['the database', ''],
  ['its log', '-wal'],
])('where %s is moved away', (_, suffix) => {
  test('no write is acknowledged, reads fail soon, and doctor names the file; back in its place, all is well', async () => {
    const store = opened(path);
    await operations['accounts.add'](store);
    await read(store);
    expect(await place(store)).toMatchObject({ well: true });
    renameSync(path + suffix, `${path}.moved`);
    await expect(operations['sessions.add'](store)).rejects.toThrow(StoreUnavailable);
    await expect(read(store)).rejects.toThrow(`${path}${suffix} is no longer the file that is open here`);
    expect(await place(store)).toMatchObject({ well: false });
    renameSync(`${path}.moved`, path + suffix);
    expect(await place(store)).toMatchObject({ well: true });
    await read(store);
  });
});

test('reads alone find within a second or two that the file was removed', async () => {
  const store = opened(path);
  await operations['accounts.add'](store);
  await read(store);
  rmSync(path);
  const outcome = () => read(store).then(String, String);
  await expect.poll(outcome, { timeout: 30_000 }).toContain('is no longer the file that is open here');
});

test('after a flush that failed every call fails, though later flushes would not', async () => {
  let broken = false;
  const commit = () => ({
    async flushed() {
      if (!broken) return;
      broken = false;
      throw new Error('EIO: i/o error, fdatasync');
    },
    settled: async () => undefined,
    close() {},
  });
  const store = opened(path, { commit });
  await operations['accounts.add'](store);
  await read(store);
  broken = true;
  await expect(operations['sessions.add'](store)).rejects.toThrow(/a flush to the disk failed: EIO/);
  await expect(store.failed).resolves.toBeInstanceOf(StoreUnavailable);
  const { errors } = await failures(store);
  for (const [name, error] of errors) expect([name, error]).toEqual([name, expect.any(StoreUnavailable)]);
});

test('what a crash left in the log is written into the database anew, before anything is acknowledged', async () => {
  const store = opened(path);
  await operations['accounts.add'](store);
  const copy = join(temporaryFolder(), 'copy.sqlite');
  for (const suffix of ['', '-wal']) copyFileSync(path + suffix, copy + suffix);
  const again = opened(copy);
  const other = new DatabaseSync(copy);
  const { log, checkpointed } = other.prepare('PRAGMA wal_checkpoint(NOOP)').get() ?? {};
  other.close();
  expect(log).toBeGreaterThan(0);
  expect(checkpointed).toBe(log);
  expect((await read(again)).account).toEqual(account);
});
