/** argon2's native binaries for Lambda's processors, of which this machine has one at the most. */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as v from 'valibot';
import { installLocked, type LockedVersion } from './install-locked.ts';
import { type Architecture, architectures } from './packaged-functions.ts';

const lockfile = v.object({
  packages: v.record(
    v.string(),
    v.object({ version: v.optional(v.string()), integrity: v.optional(v.string()) }),
  ),
});

/** A binary of one processor. */
export interface NativeBinary {
  readonly architecture: Architecture;
  readonly bytes: Uint8Array;
}

/** The binaries of the version that package-lock.json has, for Amazon Linux (glibc). */
export async function argon2Binaries(): Promise<readonly NativeBinary[]> {
  const nameOf = (architecture: Architecture) => `@node-rs/argon2-linux-${architecture}-gnu`;
  const folder = await mkdtemp(join(tmpdir(), 'ljgate-native-'));
  try {
    await installLocked(folder, await locked(architectures.map(nameOf)));
    return await Promise.all(
      architectures.map(async (architecture) => {
        const file = `argon2.linux-${architecture}-gnu.node`;
        const bytes = await readFile(join(folder, 'node_modules', nameOf(architecture), file));
        return { architecture, bytes };
      }),
    );
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function locked(names: readonly string[]): Promise<Record<string, LockedVersion>> {
  const text = await readFile(new URL('../../../package-lock.json', import.meta.url), 'utf8');
  const { packages } = v.parse(lockfile, JSON.parse(text));
  const entries = names.map((name) => {
    const { version, integrity } = packages[`node_modules/${name}`] ?? {};
    if (version === undefined || integrity === undefined) throw new Error(`package-lock.json has no ${name}`);
    return [name, { version, integrity }];
  });
  return Object.fromEntries(entries);
}
