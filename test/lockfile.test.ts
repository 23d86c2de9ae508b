/** The lock file, which `npm ci` on every platform installs from. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

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
