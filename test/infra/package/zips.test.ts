/** What is in the zips, and what is not. */
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { unzipSync } from 'fflate';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bundle } from '../../../infra/package/bundle.ts';
import { architectures, budget, foldersBeside, functionNames } from '../../../infra/package/functions.ts';
import { type Package, packageAll } from '../../../infra/package/package.ts';
import { overBudget, sizeReport } from '../../../infra/package/report.ts';

let folder: string;
let packages: readonly Package[];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ljgate-zips-'));
  packages = await packageAll(join(folder, 'a'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

test('there is a zip for each function and processor', () => {
  const made = packages.map(({ name, architecture }) => `${architecture}/${name}`);
  const wanted = architectures.flatMap((one) => functionNames.map((name) => `${one}/${name}`));
  expect(made.toSorted()).toEqual(wanted.toSorted());
});

test('packaging twice gives the same bytes', async () => {
  const again = await packageAll(join(folder, 'b'));
  for (const [i, { path }] of packages.entries()) {
    expect(await readFile(again[i]?.path ?? '')).toEqual(await readFile(path));
  }
});

test('source maps are kept, outside the zips, and no bundle mentions them', async () => {
  for (const name of functionNames) {
    const map = JSON.parse(await readFile(join(folder, 'a/maps', `${name}.mjs.map`), 'utf8'));
    expect(map.sources).toContain(`../functions/${name}.ts`);
  }
});

/** The function's module, and those that it imports at its start or later. */
const isPartOf = (name: string, file: string) => file === `${name}.mjs` || /^[\w-]+-\w{8}\.mjs$/.test(file);

test('what few calls need waits in a file of its own until one does', async () => {
  const { javascript } = await bundle('flat');
  const main = Buffer.from(javascript['flat.mjs'] ?? []).toString();
  for (const late of ['app', 'bcryptjs']) {
    const [file = ''] = Object.keys(javascript).filter((name) => name.startsWith(`${late}-`));
    expect(main).toContain(`import("./${file}")`);
    expect(main).not.toContain(`from"./${file}"`);
  }
});

/** ELF's numbers for processors, at byte 18 of its header. */
const machines = { arm64: 183, x64: 62 };

describe.each(architectures)('for %s', (architecture) => {
  const unzipped = async (name: string) =>
    unzipSync(await readFile(join(folder, 'a', architecture, `${name}.zip`)));

  test('authorizer has its own code alone: it hashes nothing', async () => {
    const files = Object.keys(await unzipped('authorizer'));
    expect(files).toContain('authorizer.mjs');
    expect(files.filter((name) => !isPartOf('authorizer', name))).toEqual([]);
  });

  test('web has the files that its pages load', async () => {
    const files = await unzipped('web');
    for (const name of await readdir(foldersBeside.web ?? '')) {
      const original = await readFile(join(foldersBeside.web ?? '', name));
      expect(Buffer.from(files[`browser/${name}`] ?? [])).toEqual(original);
    }
  });

  const hashing = functionNames.filter((name) => name !== 'authorizer');
  test.each(hashing)('%s has its own code and one native binary, of that processor', async (name) => {
    const files = await unzipped(name);
    const others = Object.keys(files).filter((path) => !isPartOf(name, path) && !path.startsWith('browser/'));
    expect(others).toEqual(['argon2.node']);
    const binary = Buffer.from(files['argon2.node'] ?? []);
    expect(binary.subarray(0, 4).toString('latin1')).toBe('\x7fELF');
    expect([binary[4], binary[5]]).toEqual([2, 1]); // 64 bits, little-endian
    expect(binary.readUInt16LE(18)).toBe(machines[architecture]);
    // Amazon Linux has glibc: a binary for musl would ask for another loader.
    expect(binary.includes('libc.so.6')).toBe(true);
    expect(binary.includes('libc.musl')).toBe(false);
    for (const [path, bytes] of Object.entries(files)) {
      if (path.endsWith('.mjs')) expect(Buffer.from(bytes).includes('sourceMappingURL')).toBe(false);
    }
  });
});

describe.each(functionNames)('the bundle of %s', (name) => {
  test('has none of what only servers, command lines and other doors need', async () => {
    const { sources } = await bundle(name);
    const other = functionNames.filter((one) => one !== name).map((one) => `functions/adapters/${one}`);
    const unwanted = [
      ...[
        'infra/store/memory',
        'infra/store/sql',
        'functions/cli',
        'functions/node',
        'infra/site/demo',
        ...other,
      ],
      ...['pino', 'commander', '@hono/node-server', '@oozcitak/dom', 'dynalite'].map(
        (one) => `node_modules/${one}/`,
      ),
    ];
    expect(sources.filter((source) => unwanted.some((one) => source.includes(one)))).toEqual([]);
    expect(sources).toContain(`functions/${name}.ts`);
  });
});

describe('the size report', () => {
  const one: Package = {
    name: 'flat',
    architecture: 'arm64',
    path: 'flat.zip',
    zip: 470_000,
    javascript: 360_400,
    native: 649_000,
    parts: [
      ['AWS SDK', 184_000],
      ['hono', 26_000],
    ],
  };

  test('is a table with the largest parts below it', () => {
    expect(sizeReport([one]).split('\n')).toEqual([
      'function         zip  JavaScript  native',
      'flat (arm64)  470 KB      360 KB  649 KB',
      '',
      'Largest parts of the JavaScript:',
      'flat: AWS SDK 184 KB, hono 26 KB',
      '',
    ]);
  });

  test('names each function over the budget once', () => {
    const heavy = { ...one, javascript: 450_001 };
    expect(overBudget([one], 450_000)).toEqual([]);
    expect(overBudget([heavy, { ...heavy, architecture: 'x64' }], 450_000)).toEqual([
      'flat has 450 KB of JavaScript, over the budget of 450 KB',
    ]);
  });

  test('has nothing to complain of today', () => {
    expect(overBudget(packages, budget)).toEqual([]);
  });
});
