/** The part of the store suite that is about the ids of root secrets. */
import { describe, expect, test } from 'vitest';
import type { OpenStore } from '../../../infra/stores/open-store.ts';

/** @param handles two handles on the same data, once the suite runs */
export function describeSecretIds(handles: () => readonly [OpenStore, OpenStore]): void {
  const freshId = () => crypto.randomUUID().replaceAll('-', '');
  const [here, there] = [() => handles()[0].secretIds, () => handles()[1].secretIds];
  const listed = async (...ids: string[]) => {
    const all = await there().list();
    return ids.map((id) => all?.has(id) === true);
  };

  describe('ids of secrets', () => {
    test('are there for every process as soon as they are added, and gone when they are removed', async () => {
      const [a, b, c] = [freshId(), freshId(), freshId()];
      expect(await listed(a, b, c)).toEqual([false, false, false]);
      await here().add([a, b]);
      await here().add([b, c]);
      expect(await listed(a, b, c)).toEqual([true, true, true]);
      await here().remove([a, c, freshId()]);
      expect(await listed(a, b, c)).toEqual([false, true, false]);
    });

    test('added and removed by many at once: each change holds', async () => {
      const ids = Array.from({ length: 20 }, freshId);
      await here().add(ids.slice(0, 10));
      await Promise.all(
        ids.map((id, i) => (i < 10 ? here().remove([id]) : (i % 2 === 0 ? here() : there()).add([id]))),
      );
      expect(await listed(...ids)).toEqual(ids.map((_, i) => i >= 10));
    });

    test('none at all may be added and removed', async () => {
      const before = await there().list();
      await here().add([]);
      await here().remove([]);
      expect(await there().list()).toEqual(before);
    });

    test('are no accounts', async () => {
      await here().add([freshId()]);
      const { accounts } = await handles()[0].admin.accounts.page(undefined, 1000);
      expect(accounts.filter(({ account }) => account.username.startsWith('#'))).toEqual([]);
    });
  });
}
