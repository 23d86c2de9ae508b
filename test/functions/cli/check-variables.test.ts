/** The doctor's look at variables: it knows each that ljgate has, whoever reads it. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { configuration } from '../../../functions/cli/check-variables.ts';
import * as settings from '../../../infra/settings.ts';
import type { Setting } from '../../../infra/settings-schema.ts';

const read = (path: string) => readFileSync(new URL(`../../../${path}`, import.meta.url), 'utf8');
const mentioned = (text: string): readonly string[] => text.match(/LJGATE_[A-Z_]+/g) ?? [];

test.each([
  ['a flag has', Object.values<Setting>(settings).flatMap(({ flag, variable }) => (flag ? [variable] : []))],
  ['a deployment on AWS sets', mentioned(read('serverless.yml'))],
  ['a Worker wants', mentioned(read('wrangler.jsonc'))],
])('the doctor knows every variable that %s', (_, names) => {
  expect(names.length).toBeGreaterThan(0);
  const findings = configuration(Object.fromEntries(names.map((name) => [name, 'x'])));
  expect(findings.filter(({ detail }) => detail === 'is no variable of ljgate')).toEqual([]);
});

test('and no other', () => {
  expect(configuration({ LJGATE_STOER: 'memory' })).toMatchObject([
    { what: 'configuration: LJGATE_STOER', well: false, detail: 'is no variable of ljgate' },
  ]);
});

test('it does not say what a variable with a secret holds', () => {
  const findings = configuration({ LJGATE_ROOT_SECRET: 'hunter2' });
  expect(findings).toMatchObject([{ what: 'configuration: LJGATE_ROOT_SECRET', well: false }]);
  expect(JSON.stringify(findings)).not.toContain('hunter2');
});

test('a site file that cannot be read is a cross', () => {
  expect(configuration({ LJGATE_SITE: '/nonexistent.json' })).toMatchObject([{ well: false }]);
});
