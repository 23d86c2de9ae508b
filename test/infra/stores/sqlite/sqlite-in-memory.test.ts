import { expect, test } from 'vitest';
import { openSqliteInMemory } from '../../../../infra/stores/sqlite/sqlite-store.ts';
import { describeStore } from '../conformance.ts';
import { operations } from '../operations.ts';

const store = openSqliteInMemory();
describeStore('SQLite in memory', async () => store, { sweeps: true });

test('two databases in memory share nothing', async () => {
  const [first, second] = [openSqliteInMemory(), openSqliteInMemory()];
  for (const one of [first, second]) expect(await operations['spent.spend'](one)).toBe('spent');
  await Promise.all([first.close(), second.close()]);
});

test('its tables and pages are inspected; there is no file whose access could be', async () => {
  const one = openSqliteInMemory();
  expect(await one.inspect()).toEqual([
    expect.objectContaining({ what: 'database: tables', well: true }),
    expect.objectContaining({ what: 'database: pages', well: true }),
  ]);
  await one.close();
});
