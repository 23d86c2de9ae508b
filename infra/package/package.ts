/** Packages every function for every processor into `dist/`, where serverless.yml takes them from. */
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Bundle, bundle } from './bundle.ts';
import { type Architecture, architectures, type FunctionName, functionNames } from './functions.ts';
import { argon2Binary } from './native.ts';
import { zip } from './zip.ts';

/** A function packaged for one processor. Sizes in bytes. */
export interface Package {
  readonly name: FunctionName;
  readonly architecture: Architecture;
  /** Its zip. */
  readonly path: string;
  readonly zip: number;
  readonly javascript: number;
  readonly native: number;
  readonly parts: Bundle['parts'];
}

/**
 * Writes `ARCHITECTURE/NAME.zip`, each with the function and one native binary, and beside them
 * `maps/NAME.mjs.map`. The folder is made anew.
 */
export async function packageAll(folder: string): Promise<readonly Package[]> {
  const [bundles, binaries] = await Promise.all([
    Promise.all(functionNames.map(bundle)),
    Promise.all(architectures.map(async (name) => ({ name, bytes: await argon2Binary(name) }))),
  ]);
  await rm(folder, { recursive: true, force: true });
  await mkdir(join(folder, 'maps'), { recursive: true });
  for (const { name, map } of bundles) await writeFile(join(folder, 'maps', `${name}.mjs.map`), map);

  const packages: Package[] = [];
  for (const binary of binaries) {
    await mkdir(join(folder, binary.name));
    for (const { name, javascript, parts } of bundles) {
      const bytes = zip({ [`${name}.mjs`]: javascript, 'argon2.node': binary.bytes });
      const path = join(folder, binary.name, `${name}.zip`);
      await writeFile(path, bytes);
      packages.push({
        name,
        architecture: binary.name,
        path,
        zip: bytes.length,
        javascript: javascript.length,
        native: binary.bytes.length,
        parts,
      });
    }
  }
  return packages;
}
