/** What `npm start` and `npm test` install, with a stand-in for npm that only writes down how it is called. */
import { spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeEach, expect, test } from 'vitest';
import { freshFolder } from '../../support/server.ts';

const root = fileURLToPath(new URL('../../../', import.meta.url));

let clone: string;

beforeEach(async () => {
  clone = await freshFolder();
  mkdirSync(join(clone, 'infra/deploy'), { recursive: true });
  for (const path of ['infra/deploy/install.mjs', 'package-lock.json']) {
    copyFileSync(join(root, path), join(clone, path));
  }
  const npm = `
    import { appendFileSync, mkdirSync } from 'node:fs';
    for (const name of ['typescript', '@typescript/native', 'hono']) mkdirSync('node_modules/' + name, { recursive: true });
    appendFileSync(${JSON.stringify(join(clone, 'calls'))}, process.argv.slice(2, 4).join(' ') + '\\n');`;
  writeFileSync(join(clone, 'npm.mjs'), npm);
});

function install(...flags: string[]): void {
  const env = { ...process.env, npm_execpath: join(clone, 'npm.mjs') };
  const { status } = spawnSync(process.execPath, [join(clone, 'infra/deploy/install.mjs'), ...flags], {
    env,
  });
  expect(status).toBe(0);
}

function calls(): string[] {
  const path = join(clone, 'calls');
  return existsSync(path) ? readFileSync(path, 'utf8').trim().split('\n') : [];
}

test('npm start installs without what only development needs, once', () => {
  install('--serving');
  install('--serving');
  expect(calls()).toEqual(['ci --omit=dev']);
});

test('TypeScript stays where it is tested, and goes where it only serves', () => {
  const installed = () => readdirSync(join(clone, 'node_modules')).filter((name) => !name.startsWith('.'));
  install('--serving');
  expect(installed()).toEqual(['hono']);
  install();
  expect(installed()).toEqual(['@typescript', 'hono', 'typescript']);
});

test('npm test installs the rest after npm start', () => {
  install('--serving');
  install();
  expect(calls()).toEqual(['ci --omit=dev', 'ci --no-audit']);
});

test('npm start removes nothing after npm test', () => {
  install();
  install('--serving');
  install();
  expect(calls()).toEqual(['ci --no-audit']);
});

test('npm test installs the rest after somebody ran npm ci --omit=dev', () => {
  mkdirSync(join(clone, 'node_modules'));
  writeFileSync(join(clone, 'node_modules/.package-lock.json'), '{}');
  install('--serving');
  expect(calls()).toEqual([]);
  install();
  expect(calls()).toEqual(['ci --no-audit']);
});

test('another lock is installed anew, and as much as before', () => {
  install();
  const lock = join(clone, 'package-lock.json');
  writeFileSync(lock, `${readFileSync(lock, 'utf8')}\n`);
  install('--serving');
  expect(calls()).toEqual(['ci --no-audit', 'ci --no-audit']);
});

test('the prestart of package.json asks for serving alone, the pretest for everything', () => {
  const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  expect(scripts.prestart).toBe('node infra/deploy/install.mjs --serving');
  expect(scripts.pretest).toBe('node infra/deploy/install.mjs');
});
