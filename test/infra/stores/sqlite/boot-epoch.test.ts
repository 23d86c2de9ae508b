/** What need not be flushed is not: a challenge that was spent matters until the machine is started anew. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { bootEpoch } from '../../../../infra/stores/sqlite/boot-epoch.ts';
import { openSqlite, type SqliteOptions } from '../../../../infra/stores/sqlite/sqlite-store.ts';
import { temporaryFolder } from '../../../support/stores.ts';
import { operations } from '../operations.ts';

const path = join(temporaryFolder(), 'ljgate.sqlite');

function counted(options: SqliteOptions = {}) {
  let flushes = 0;
  const flushed = async () => {
    flushes++;
  };
  const store = openSqlite(path, {
    commit: () => ({ flushed, settled: async () => undefined, close() {} }),
    ...options,
  });
  onTestFinished(() => store.close());
  return { store, flushes: () => flushes };
}

test('a challenge is spent without a flush where its epoch is known, and what sessions become is flushed', async () => {
  const { store, flushes } = counted({ epoch: () => 'epochone' });
  expect(store.spent.epoch).toBe('epochone');
  await operations['spent.spend'](store);
  await store.sweep(0);
  expect(flushes()).toBe(0);
  await operations['sessions.add'](store);
  expect(flushes()).toBe(1);
  const expiring = operations['sessions.expire'](store);
  await operations['spent.spend'](store);
  await expiring;
  expect(flushes()).toBe(2);
});

test('where it is not known, a challenge is spent with a flush', async () => {
  const { store, flushes } = counted({ epoch: () => undefined });
  expect(store.spent).not.toHaveProperty('epoch');
  await store.spent.spend('other nonce', 3);
  expect(flushes()).toBe(1);
});

test.runIf(existsSync('/proc/sys/kernel/random/boot_id'))(
  'a file on a disk of this machine has the epoch of its boot',
  () => {
    const { store } = counted();
    expect(store.spent.epoch).toMatch(/^[a-z2-7]{8}$/);
    expect(bootEpoch(path)).toBe(store.spent.epoch);
    expect(bootEpoch('/proc/version')).toBeUndefined();
    expect(bootEpoch(join(path, 'nothing here'))).toBeUndefined();
  },
);
