/** Which folders may import which, and how long a file may be. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as v from 'valibot';
import { describe, expect, test } from 'vitest';

const root = fileURLToPath(new URL('../', import.meta.url));
const read = (path: string) => readFileSync(join(root, path), 'utf8');

/** From the bottom up: a folder imports itself and those before it. */
const folders = ['core', 'infra', 'functions'];

const sources = folders.flatMap((folder) =>
  readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .map((path) => join(folder, path))
    .filter((path) => /\.(?:ts|mjs|js)$/.test(path)),
);

/** What a file imports: with `from`, for its effects, dynamically, or as a type in a comment. */
function specifiers(path: string): string[] {
  const found = read(path).matchAll(/\bfrom '([^']+)'|\bimport\(\s*'([^']+)'|^import '([^']+)'/gm);
  return [...found].map(([, ...groups]) =>
    (groups.find((each) => each !== undefined) ?? '').replace(/\?.*$/, ''),
  );
}

const conditions = v.record(v.string(), v.pipe(v.string(), v.transform(normalize)));
const manifest = v.parse(
  v.object({ imports: v.record(v.string(), conditions) }),
  JSON.parse(read('package.json')),
);

/** A file of the repository that a specifier means; `undefined` for a package. */
function resolved(from: string, specifier: string, condition: string): string | undefined {
  if (specifier.startsWith('.')) return join(dirname(from), specifier);
  const targets = manifest.imports[specifier];
  return targets && (targets[condition] ?? targets['default']);
}

/** Every import of a file of ours by another, as a runtime with this condition resolves it. */
function importsUnder(condition: string): ReadonlyMap<string, readonly string[]> {
  return new Map(
    sources.map((path) => [
      path,
      specifiers(path).flatMap((specifier) => resolved(path, specifier, condition) ?? []),
    ]),
  );
}

test('the walk finds imports of each kind', () => {
  const imports = importsUnder('default');
  const of = (path: string) => imports.get(path);
  expect(of('core/auth/digest.ts')).toContain('core/auth/portable-digests.ts');
  expect(of('functions/wire/xmlrpc/xmlrpc-endpoint.ts')).toContain('functions/wire/xmlrpc/xml-tree.ts');
  expect(of('functions/web/browser/console.js')).toContain('functions/web/browser/requests.js');
  expect(of('functions/wire/endpoint.ts')).toContain('core/protocol/context.ts');
  expect(importsUnder('workerd').get('functions/web/assets.ts')).toContain(
    'functions/runtime/worker/browser-files.ts',
  );
  for (const [path, targets] of imports) {
    for (const target of targets) expect(existsSync(join(root, target)), `${path} -> ${target}`).toBe(true);
  }
});

// A runtime may bring its own implementation by a condition of package.json: that is composition.
test('imports run one way: functions, infra, core', () => {
  const rank = (path: string) => folders.indexOf(path.split('/')[0] ?? '');
  const wrong = [...importsUnder('default')].flatMap(([path, targets]) =>
    targets.filter((target) => rank(target) > rank(path)).map((target) => `${path} -> ${target}`),
  );
  expect(wrong).toEqual([]);
});

/** The first circle that is found from each file, as the files in it. */
function circles(imports: ReadonlyMap<string, readonly string[]>): string[] {
  const done = new Set<string>();
  const found: string[] = [];
  const visit = (path: string, way: readonly string[]): void => {
    const at = way.indexOf(path);
    if (at >= 0) found.push([...way.slice(at), path].join(' -> '));
    if (at >= 0 || done.has(path)) return;
    for (const target of imports.get(path) ?? []) visit(target, [...way, path]);
    done.add(path);
  };
  for (const path of imports.keys()) visit(path, []);
  return found;
}

test.each(['default', 'node', 'workerd'])('nothing imports itself in a circle, under %s', (condition) => {
  expect(circles(importsUnder(condition))).toEqual([]);
});

describe('core/', () => {
  const core = sources.filter((path) => path.startsWith('core/'));
  const [, allowed = ''] =
    /"group": \[ ?"\*", ([^\]]*)\]/.exec(read('biome.json').replace(/\s+/g, ' ')) ?? [];
  const libraries = [...allowed.matchAll(/"!([^"]+)"/g)].map(([, name = '']) => name);

  test('imports itself and the libraries that biome.json names, and nothing else', () => {
    expect(libraries).toContain('valibot');
    const outside = core.flatMap((path) =>
      specifiers(path)
        .filter((specifier) => !resolved(path, specifier, 'default')?.startsWith('core/'))
        .filter((specifier) => !libraries.some((name) => matches(specifier, name)))
        .map((specifier) => `${path} -> ${specifier}`),
    );
    expect(outside).toEqual([]);
  });

  test('holds no state in its modules', () => {
    const state = /^(?:export )?(?:(?:let|var) |const \w+ = new (?:Weak)?(?:Map|Set)\b)/m;
    expect(core.filter((path) => state.test(read(path)))).toEqual([]);
  });
});

function matches(specifier: string, pattern: string): boolean {
  return pattern.endsWith('/*') ? specifier.startsWith(pattern.slice(0, -1)) : specifier === pattern;
}

test('no file is over 200 lines', () => {
  const lines = sources.map((path) => [path, read(path).trimEnd().split('\n').length] as const);
  expect(lines.filter(([, count]) => count > 200)).toEqual([]);
});
