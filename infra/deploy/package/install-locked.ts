/** Packages of the npm registry whose files are used, but that `npm install` leaves out on this machine. */
import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** A version, and the digest that npm holds it to: `sha512-…`, as npm writes it. */
export interface LockedVersion {
  readonly version: string;
  readonly integrity: string;
}

/**
 * Installs packages into `node_modules` of a folder, without their dependencies. npm's own settings and cache
 * are used.
 * @throws {Error} npm's, when the registry has something else
 */
export async function installLocked(
  folder: string,
  packages: Readonly<Record<string, LockedVersion>>,
): Promise<void> {
  const locked = Object.entries(packages);
  const dependencies = Object.fromEntries(locked.map(([name, { version }]) => [name, version]));
  // A package is installed whatever its processor is, because these entries leave out its `cpu` and `os`.
  const entries = locked.map(([name, { version, integrity }]) => [
    `node_modules/${name}`,
    { version, integrity },
  ]);
  const lock = { lockfileVersion: 3, packages: { '': { dependencies }, ...Object.fromEntries(entries) } };
  await writeFile(join(folder, 'package.json'), JSON.stringify({ dependencies }));
  await writeFile(join(folder, 'package-lock.json'), JSON.stringify(lock));
  const flags = ['--ignore-scripts', '--prefer-offline', '--no-audit', '--no-fund'];
  await run('npm', ['ci', ...flags], { cwd: folder, shell: process.platform === 'win32' });
}
