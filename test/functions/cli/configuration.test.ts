import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { configuration } from '../../../functions/cli/configuration.ts';

const read = (name: string) =>
  readFileSync(new URL(`../../../functions/cli/${name}.ts`, import.meta.url), 'utf8');

test('the doctor knows every variable that a flag has', () => {
  const names = (read('options') + read('flags')).match(/LJGATE_[A-Z_]+/g) ?? [];
  expect(names.length).toBeGreaterThan(10);
  const findings = configuration(Object.fromEntries(names.map((name) => [name, 'x'])));
  expect(findings.filter(({ detail }) => detail === 'is no variable of ljgate')).toEqual([]);
});

test('and no other', () => {
  expect(configuration({ LJGATE_STOER: 'memory' })).toMatchObject([
    { what: 'configuration: LJGATE_STOER', well: false, detail: 'is no variable of ljgate' },
  ]);
});
