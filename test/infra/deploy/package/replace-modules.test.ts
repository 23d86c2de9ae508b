/** What bundles have in place of vendors' modules: every replacement is used, and has what is imported of it. */
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { beforeAll, expect, test } from 'vitest';
import { type Bundle, bundle } from '../../../../infra/deploy/package/bundle.ts';
import { functionNames } from '../../../../infra/deploy/package/packaged-functions.ts';
import { replacements } from '../../../../infra/deploy/package/replace-modules.ts';

const root = new URL('../../../../', import.meta.url);
const names = Object.keys(replacements);

let bundles: readonly Bundle[];
/** The text of every module in any of the bundles, by its path. */
let texts: ReadonlyMap<string, string>;

beforeAll(async () => {
  bundles = await Promise.all(functionNames.map(bundle));
  const paths = [...new Set(bundles.flatMap(({ sources }) => sources))];
  texts = new Map(
    await Promise.all(
      paths.map(async (path) => [path, await readFile(new URL(path, root), 'utf8')] as const),
    ),
  );
});

test.each(names)('%s is imported by a function, and replaced there', (name) => {
  expect(bundles.filter(({ replaced }) => replaced.has(name)).length).toBeGreaterThan(0);
});

/** The names that a module imports from another; `*` where that cannot be read from its text. */
function importedFrom(name: string, text: string): string[] {
  const from = `['"]${name}['"]`;
  const forms = [
    `import\\s*{([^{}]*)}\\s*from\\s*${from}`,
    `{([^{}]*)}\\s*=\\s*await import\\(${from}\\)`,
    `(\\w+) = await import\\(${from}\\);\\s*const {([^{}]*)} = \\1.default \\?\\? \\1;`,
  ];
  // Types are gone before a bundle is made.
  const code = text.replace(/^import type [^;]*;/gm, '');
  const lists = forms.flatMap((form) => [...code.matchAll(new RegExp(form, 'g'))]);
  const mentions = code.match(new RegExp(`(?:from\\s*|import\\(|require\\()${from}`, 'g')) ?? [];
  const imported = lists.flatMap((found) => (found.at(-1) ?? '').split(','));
  const plain = imported.map((one) => one.trim().split(/\s+as\s+|:/)[0] ?? '').filter((one) => one !== '');
  return mentions.length === lists.length ? plain : ['*'];
}

test.each(names)('the replacement of %s exports all that is imported from it', async (name) => {
  const file = `infra/deploy/package/replacements/${replacements[name]}`;
  const exported = Object.keys(await import(fileURLToPath(new URL(file, root))));
  const others = [...texts].filter(([path]) => path !== file);
  const imported = others.flatMap(([path, text]) =>
    importedFrom(name, text).map((one) => ({ path, imports: one })),
  );
  expect(imported.filter(({ imports }) => !exported.includes(imports))).toEqual([]);
});
