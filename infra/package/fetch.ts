/** Packages from the npm registry that are used as files and never installed. */
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rename, rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** The user's cache, where it holds what is ljgate's. */
export function cacheFolder(): string {
  return join(process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'ljgate');
}

/**
 * The tarball of `NAME@VERSION`: a file in the cache, fetched when it is not there, and held to its
 * digest every time. Through npm, so that a person's registry and proxy settings hold.
 * @param integrity `sha512-…`, as npm writes it
 * @throws {Error} when the registry has something else
 */
export async function fetchPackage(specifier: string, integrity: string): Promise<string> {
  const tarball = join(cacheFolder(), `${specifier.replace(/^@/, '').replace(/[/@]/g, '-')}.tgz`);
  const kept = await readFile(tarball).catch(() => undefined);
  if (kept && integrityOf(kept) === integrity) return tarball;

  await mkdir(cacheFolder(), { recursive: true });
  const workshop = await mkdtemp(join(cacheFolder(), 'fetching-'));
  try {
    const args = ['pack', specifier, '--silent', '--pack-destination', workshop];
    const { stdout } = await run('npm', args, { cwd: workshop, shell: process.platform === 'win32' });
    const packed = join(workshop, stdout.trim());
    const found = integrityOf(await readFile(packed));
    if (found !== integrity) throw new Error(`${specifier} is not what it was: ${found}`);
    await rename(packed, tarball);
    return tarball;
  } finally {
    await rm(workshop, { recursive: true, force: true });
  }
}

function integrityOf(bytes: Uint8Array): string {
  return `sha512-${createHash('sha512').update(bytes).digest('base64')}`;
}
