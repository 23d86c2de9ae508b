import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { moods } from '../../../infra/site/default-moods.ts';

const catalogue = readFileSync(new URL('../../data/moods.tsv', import.meta.url), 'utf8')
  .split('\n')
  .filter((line) => line !== '' && !line.startsWith('#'))
  .map((line) => {
    const [id, parent, name] = line.split('\t');
    return { id: Number(id), parent: Number(parent), name };
  });

test('the stock moods are those of the common catalogue', () => {
  expect(catalogue.length).toBeGreaterThan(100);
  expect(moods).toEqual(catalogue);
});
