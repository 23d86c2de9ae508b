/**
 * Writes what the tests tried that mean harm into SECURITY.md, after a run that tells the whole of it:
 * short, passed, no file left out and no test of test/hostile skipped. Under `CI=true` nothing is
 * written; a table that differs fails the run.
 */
import { globSync, readFileSync, writeFileSync } from 'node:fs';
import { join, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Reporter, TestModule } from 'vitest/node';
import { long } from './effort.ts';
import { type Trial, trials } from './tally.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const document = join(root, 'SECURITY.md');
const folder = 'test/hostile';

/** Between these two lines stands the table. */
export const marks = ['<!-- tried -->', '<!-- /tried -->'] as const;

/** A row's count, and the files that counted. */
export type Counted = ReadonlyMap<Trial, { readonly count: number; readonly files: readonly string[] }>;

/** What tries harder than `npm test`, where it is not `npm run test:long`. */
const harder: Partial<Record<Trial, string>> = {
  'hostile inputs': 'npm run fuzz',
  'property cases': 'npm run fuzz',
  'deployments simulated': 'npm run simulate',
};

/** The table in Markdown. A row that nothing counted has a dash. */
export function tableOf(counted: Counted): string {
  const rows = trials.map((trial) => {
    const { count, files } = counted.get(trial) ?? { count: 0, files: [] };
    const links = files.toSorted().map((file) => `[${file.replace(/^test\/(hostile\/)?/, '')}](${file})`);
    const shown = count > 0 ? count.toLocaleString('en-US') : '—';
    return `| ${trial} | ${shown} | ${links.join(', ') || '—'} | \`${harder[trial] ?? 'npm run test:long'}\` |`;
  });
  return ['| what | in `npm test` | by | harder |', '|---|---:|---|---|', ...rows].join('\n');
}

/**
 * A document with the table between its marks.
 * @throws {Error} when it has no such marks
 */
export function withTable(text: string, table: string): string {
  const [start, end] = marks.map((mark) => text.indexOf(mark));
  if (start === undefined || end === undefined || start < 0 || end < start) {
    throw new Error(`no ${marks.join(' … ')}`);
  }
  return `${text.slice(0, start)}${marks[0]}\n${table}\n${text.slice(end)}`;
}

/** The counts of a run; `undefined` when it does not tell the whole. */
function countsOf(modules: readonly TestModule[]): Counted | undefined {
  const ran = new Map(modules.map((module) => [pathOf(module), module] as const));
  const there = globSync('test/**/*.test.ts', { cwd: root, exclude: ['**/*.long.test.ts'] }).map((path) =>
    path.replaceAll(sep, '/'),
  );
  if (there.some((path) => !ran.has(path))) return undefined;

  const counted = new Map<Trial, { count: number; files: string[] }>();
  for (const [path, module] of ran) {
    for (const test of module.children.allTests()) {
      if (path.startsWith(`${folder}/`) && test.result().state !== 'passed') return undefined;
      for (const trial of trials) {
        const count = test.meta().tally?.[trial];
        if (count === undefined) continue;
        const row = counted.get(trial) ?? { count: 0, files: [] };
        const files = row.files.includes(path) ? row.files : [...row.files, path];
        counted.set(trial, { count: row.count + count, files });
      }
    }
  }
  return counted;
}

function pathOf({ moduleId }: TestModule): string {
  return moduleId.replaceAll('\\', '/').slice(root.replaceAll('\\', '/').length);
}

/** The reporter. */
export function tallyReporter(): Reporter {
  return {
    onTestRunEnd(modules, _, reason) {
      const counted = reason === 'passed' && !long ? countsOf(modules) : undefined;
      if (!counted) return;
      const now = readFileSync(document, 'utf8');
      const fresh = withTable(now, tableOf(counted));
      if (fresh === now) return;
      if (process.env['CI'] !== 'true') return writeFileSync(document, fresh);
      console.error(
        `SECURITY.md is stale: run npm test and commit it. Its table is now:\n${tableOf(counted)}`,
      );
      process.exitCode = 1;
    },
  };
}
