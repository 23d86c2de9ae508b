/** What is in the zips, and what is not. */
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { unzipSync } from 'fflate';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bundle } from '../../../../infra/deploy/package/bundle.ts';
import { type Package, packageAll } from '../../../../infra/deploy/package/package.ts';
import {
  architectures,
  budget,
  type FunctionName,
  foldersBeside,
  functionNames,
} from '../../../../infra/deploy/package/packaged-functions.ts';
import { overBudget, sizeReport } from '../../../../infra/deploy/package/report.ts';

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
  for (const late of ['bcryptjs']) {
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

/** What a function that does not change accounts, or is not an operator's, does without of the store. */
const wholeStore = ['inspection', 'create-tables', 'dynamodb-store'];
const beyond: Readonly<Record<FunctionName, readonly string[]>> = {
  flat: ['administration', ...wholeStore],
  xmlrpc: ['administration', ...wholeStore],
  web: wholeStore,
  api: wholeStore,
  authorizer: ['administration', ...wholeStore],
  admin: [],
};

describe.each(functionNames)('the bundle of %s', (name) => {
  test('has as much of the DynamoDB store as it uses, and no other store', async () => {
    const { sources } = await bundle(name);
    const stores = sources.filter((source) => source.startsWith('infra/stores/'));
    expect(stores.filter((source) => /\/(?:sql|sqlite|d1|open-by-uri)\b/.test(source))).toEqual([]);
    const unwanted = beyond[name].map((file) => `infra/stores/dynamodb/${file}.ts`);
    expect(stores.filter((source) => unwanted.includes(source))).toEqual([]);
  });

  test('has the settings that it reads, and no others', async () => {
    const { javascript } = await bundle(name);
    const code = Object.values(javascript).map((bytes) => Buffer.from(bytes).toString());
    expect(code.join('').match(/LJGATE_(?:TRUST_PROXY|HOST|ROOT_SECRET)/g)).toBeNull();
  });

  test('has none of what only servers, command lines and other functions need', async () => {
    const { sources } = await bundle(name);
    // The flat function asks the site behind for its result of login in XML-RPC.
    const asked = name === 'flat' ? 'xmlrpc' : name;
    const other = functionNames
      .filter((one) => one !== name && one !== asked)
      .map((one) => `functions/wire/${one}`);
    const unwanted = [
      ...['functions/cli', 'functions/runtime/node', 'infra/site/demo-accounts', ...other],
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
      '┌──────────────┬────────┬────────────┬────────┐',
      '│ function     │    zip │ JavaScript │ native │',
      '├──────────────┼────────┼────────────┼────────┤',
      '│ flat (arm64) │ 470 KB │     360 KB │ 649 KB │',
      '└──────────────┴────────┴────────────┴────────┘',
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
