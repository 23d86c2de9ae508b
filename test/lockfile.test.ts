/** The lock file, which `npm ci` on every platform installs from. */
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { temporaryFolder } from './support/stores.ts';

interface Locked {
  readonly version?: string;
  readonly integrity?: string;
  readonly resolved?: string;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

const { packages }: { packages: Record<string, Locked> } = JSON.parse(
  readFileSync(new URL('../package-lock.json', import.meta.url), 'utf8'),
);
const { '': _, ...locked } = packages;

test('every package is locked to a version with its digest', () => {
  const loose = Object.entries(locked).filter(([, { version, integrity }]) => !version || !integrity);
  expect(loose.map(([path]) => path)).toEqual([]);
});

test('every binary for another platform is locked too, or npm ci fails on all of them', () => {
  const names = new Set(Object.keys(locked).map((path) => path.split('node_modules/').at(-1)));
  const wanted = Object.values(locked).flatMap(({ optionalDependencies = {} }) =>
    Object.keys(optionalDependencies),
  );
  expect(wanted.filter((name) => !names.has(name))).toEqual([]);
});

test('no registry is named: each machine has its own', () => {
  expect(Object.values(locked).filter(({ resolved }) => resolved !== undefined)).toEqual([]);
});

describe('npm run check:lock', () => {
  const { scripts } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
  const [, ...args]: string[] = scripts['check:lock'].split(' ');
  const lint = fileURLToPath(new URL('../node_modules/lockfile-lint/bin/lockfile-lint.js', import.meta.url));
  const folder = temporaryFolder();
  const hono = (changed: Locked) => ({ lockfileVersion: 3, packages: { 'node_modules/hono': changed } });
  /** What `--allowed-hosts npm` stands for. */
  const npm = ['registry', 'npmjs', 'org'].join('.');
  const good = { version: '4.0.0', integrity: locked['node_modules/hono']?.integrity ?? '' };

  test.each<[string, Locked, number]>([
    ['passes a digest of SHA-512 and no address', good, 0],
    ['refuses another host', { ...good, resolved: 'https://example.com/hono/-/hono-4.0.0.tgz' }, 1],
    ['refuses plain http', { ...good, resolved: `http://${npm}/hono/-/hono-4.0.0.tgz` }, 1],
    ['refuses a package from git', { ...good, resolved: 'git+ssh://git@github.com/honojs/hono.git#1' }, 1],
    [
      'refuses another package under the name',
      { ...good, resolved: `https://${npm}/hona/-/hona-4.0.0.tgz` },
      1,
    ],
    ['refuses a weaker digest', { ...good, integrity: 'sha1-kvYSMhyuUsvxPPXJqX6/DIMtqcI=' }, 1],
  ])('%s', (_, changed, status) => {
    const path = join(folder, 'package-lock.json');
    writeFileSync(path, JSON.stringify(hono(changed)));
    const here = args.map((arg) => (arg === 'package-lock.json' ? path : arg));
    expect(spawnSync(process.execPath, [lint, ...here]).status).toBe(status);
  });
});
