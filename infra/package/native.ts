/** argon2's native binary for a processor that need not be this machine's. */
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import * as v from 'valibot';
import { fetchPackage } from './fetch.ts';
import type { Architecture } from './functions.ts';

const run = promisify(execFile);

const lockfile = v.object({
  packages: v.record(
    v.string(),
    v.object({ version: v.optional(v.string()), integrity: v.optional(v.string()) }),
  ),
});

/**
 * The binary of the version that package-lock.json has, for Amazon Linux (glibc). The package is
 * fetched through npm once and held to the lock's digest every time.
 * @throws {Error} when it is not what was locked
 */
export async function argon2Binary(architecture: Architecture): Promise<Uint8Array> {
  const name = `argon2-linux-${architecture}-gnu`;
  const { version, integrity } = await locked(`@node-rs/${name}`);
  // `npm install` leaves out what is for another processor.
  const tarball = await fetchPackage(`@node-rs/${name}@${version}`, integrity);
  const args = ['-xzOf', tarball, `package/argon2.linux-${architecture}-gnu.node`];
  const { stdout } = await run('tar', args, { encoding: 'buffer', maxBuffer: 2 ** 26 });
  return stdout;
}

async function locked(name: string): Promise<{ readonly version: string; readonly integrity: string }> {
  const text = await readFile(new URL('../../package-lock.json', import.meta.url), 'utf8');
  const { version, integrity } = v.parse(lockfile, JSON.parse(text)).packages[`node_modules/${name}`] ?? {};
  if (version === undefined || integrity === undefined) throw new Error(`package-lock.json has no ${name}`);
  return { version, integrity };
}
