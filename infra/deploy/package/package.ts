/** Packages every function for every processor into `dist/`, where serverless.yml takes them from. */
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Bundle, bundle } from './bundle.ts';
import { codeVersion } from './code-version.ts';
import { argon2Binaries } from './native.ts';
import { type Architecture, type FunctionName, foldersBeside, functionNames } from './packaged-functions.ts';
import { type Files, zip } from './zip.ts';

/** A function packaged for one processor. Sizes in bytes. */
export interface Package {
  readonly name: FunctionName;
  readonly architecture: Architecture;
  /** Its zip. */
  readonly path: string;
  readonly zip: number;
  readonly javascript: number;
  /** None for a function that hashes no passwords. */
  readonly native: number;
  readonly parts: Bundle['parts'];
}

const root = fileURLToPath(new URL('../../../', import.meta.url));

/** The module that loads the native binary: a bundle with it needs the binary. */
const binding = 'infra/deploy/package/replacements/node-rs-argon2.ts';

/**
 * Writes `ARCHITECTURE/NAME.zip`, each with the function and the files that it reads (one native binary,
 * files for browsers), the source maps to `maps/`, and the version of the code to `version.json`. What the folder had before is deleted.
 */
export async function packageAll(folder: string): Promise<readonly Package[]> {
  const [bundles, binaries] = await Promise.all([Promise.all(functionNames.map(bundle)), argon2Binaries()]);
  await rm(folder, { recursive: true, force: true });
  await mkdir(join(folder, 'maps'), { recursive: true });
  for (const [file, map] of bundles.flatMap(({ maps }) => Object.entries(maps))) {
    await writeFile(join(folder, 'maps', file), map);
  }

  await writeFile(join(folder, 'version.json'), JSON.stringify({ version: codeVersion(root) }));

  const packages: Package[] = [];
  for (const { architecture, bytes: binary } of binaries) {
    await mkdir(join(folder, architecture));
    for (const { name, javascript, parts, sources } of bundles) {
      const native: Files = sources.includes(binding) ? { 'argon2.node': binary } : {};
      const bytes = zip({ ...javascript, ...native, ...(await filesBeside(name)) });
      const path = join(folder, architecture, `${name}.zip`);
      await writeFile(path, bytes);
      packages.push({
        name,
        architecture,
        path,
        zip: bytes.length,
        javascript: sizeOf(javascript),
        native: native['argon2.node']?.length ?? 0,
        parts,
      });
    }
  }
  return packages;
}

function sizeOf(files: Files): number {
  return Object.values(files).reduce((sum, { length }) => sum + length, 0);
}

async function filesBeside(name: FunctionName): Promise<Files> {
  const path = foldersBeside[name];
  if (path === undefined) return {};
  const folder = join(root, path);
  const names = await readdir(folder);
  const read = async (file: string) => [`${basename(path)}/${file}`, await readFile(join(folder, file))];
  return Object.fromEntries(await Promise.all(names.map(read)));
}
