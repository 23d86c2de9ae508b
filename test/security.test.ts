/** SECURITY.md: what it points to is there, and the table of what was tried is made as it should be. */
import { existsSync, globSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { trials } from './support/tally.ts';
import { marks, tableOf, withTable } from './support/tally-reporter.ts';

const at = (path: string) => fileURLToPath(new URL(`../${path}`, import.meta.url));
const read = (path: string) => readFileSync(at(path), 'utf8');
const security = read('SECURITY.md');

test('every link leads to a file', () => {
  const links = [...security.matchAll(/\]\((?!https?:)([^)#]+)/g)].map(([, link = '']) => link);
  expect(links.length).toBeGreaterThan(20);
  expect(links.filter((link) => !existsSync(at(link)))).toEqual([]);
});

test('every command, flag, variable and parameter is one that there is', () => {
  const { scripts }: { scripts: Record<string, string> } = JSON.parse(read('package.json'));
  for (const [, name = ''] of security.matchAll(/`npm (?:run )?([\w:]+)/g))
    expect(scripts).toHaveProperty(name);
  const guides = globSync('infra/guides/*.md', { cwd: at('') })
    .map(read)
    .join('');
  for (const [, flag = ''] of security.matchAll(/`(--[a-z-]+)/g)) expect(guides).toContain(`\`${flag}\``);
  for (const [variable] of security.matchAll(/LJGATE_(?!SOAK)[A-Z_]+/g)) expect(guides).toContain(variable);
  for (const name of ['edge', 'console', 'throttleRate', 'throttleBurst']) {
    expect(security).toContain(`\`${name}`);
    expect(guides).toContain(`\`${name}\``);
  }
});

test('every test that tries to do harm stands among the promises', () => {
  for (const name of ['overload', 'soak', 'leaks', 'timing', 'races', 'kill-and-restart']) {
    expect(security).toContain(`(test/hostile/${name}.test.ts)`);
  }
});

test('the table has a row for all that is counted, with a dash where nothing was', () => {
  const counted = new Map([['races', { count: 12_345, files: ['test/hostile/races.test.ts'] }]] as const);
  const lines = tableOf(counted).split('\n');
  expect(lines).toHaveLength(2 + trials.length);
  expect(lines).toContain(
    '| races | 12,345 | [races.test.ts](test/hostile/races.test.ts) | `npm run test:long` |',
  );
  expect(lines).toContain('| kills survived | — | — | `npm run test:long` |');
});

test('the table is put between its marks, and nothing else is touched', () => {
  const text = `before\n${marks[0]}\nold\n${marks[1]}\nafter`;
  expect(withTable(text, 'new')).toBe(`before\n${marks[0]}\nnew\n${marks[1]}\nafter`);
  expect(withTable(withTable(text, 'new'), 'new')).toBe(withTable(text, 'new'));
  expect(() => withTable('no marks', 'new')).toThrow('<!-- tried -->');
  expect(() => withTable(security, 'new')).not.toThrow();
});
