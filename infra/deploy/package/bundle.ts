/** Bundles a function with esbuild into minified ES modules that need nothing but Node. */
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, type Metafile } from 'esbuild';
import type { FunctionName } from './packaged-functions.ts';
import { replaceModules } from './replace-modules.ts';
import type { Files } from './zip.ts';

/** A bundled function. */
export interface Bundle {
  readonly name: FunctionName;
  /** `NAME.mjs`, and the files that it imports, at its start or later. */
  readonly javascript: Files;
  /** Their source maps, which stay out of the zip. */
  readonly maps: Files;
  /** Bytes of the bundle by origin, a package or a folder of this project; the largest first. */
  readonly parts: readonly (readonly [part: string, bytes: number])[];
  /** Every source file of which the bundle has something. */
  readonly sources: readonly string[];
  /** The modules that were replaced, by their names in `replacements`. */
  readonly replaced: ReadonlySet<string>;
}

const root = fileURLToPath(new URL('../../../', import.meta.url));

/** CommonJS packages load Node's modules with `require`, which ES modules do not have. */
const banner = `import{createRequire}from'node:module';const require=createRequire(import.meta.url);`;

/** Bundles one function. The same sources give the same bytes. */
export async function bundle(name: FunctionName): Promise<Bundle> {
  const replaced = new Set<string>();
  const { outputFiles, metafile } = await build({
    absWorkingDir: root,
    entryPoints: { [name]: `functions/${name}.ts` },
    outdir: 'dist',
    outExtension: { '.js': '.mjs' },
    bundle: true,
    // Code that is imported when it is needed gets a file of its own: the function starts without it.
    splitting: true,
    chunkNames: '[name]-[hash]',
    minify: true,
    format: 'esm',
    platform: 'node',
    target: 'node24',
    // Where a package has both, its ES modules: of CommonJS nothing that is unused can be left out.
    mainFields: ['module', 'main'],
    banner: { js: banner },
    sourcemap: 'external',
    legalComments: 'none',
    metafile: true,
    write: false,
    logLevel: 'warning',
    plugins: [replaceModules((module) => replaced.add(module))],
  });
  const ending = (end: string): Files =>
    Object.fromEntries(
      outputFiles
        .filter(({ path }) => path.endsWith(end))
        .map(({ path, contents }) => [basename(path), contents]),
    );
  const { parts, sources } = partsOf(metafile);
  return { name, javascript: ending('.mjs'), maps: ending('.map'), parts, sources, replaced };
}

function partsOf({ outputs }: Metafile): Pick<Bundle, 'parts' | 'sources'> {
  const inputs = Object.values(outputs).flatMap((output) => Object.entries(output.inputs));
  const used = inputs.filter(([, { bytesInOutput }]) => bytesInOutput > 0);
  const sizes = new Map<string, number>();
  for (const [path, { bytesInOutput }] of used) {
    const part = partOf(path);
    sizes.set(part, (sizes.get(part) ?? 0) + bytesInOutput);
  }
  return {
    parts: [...sizes].toSorted(([, a], [, b]) => b - a),
    sources: used.map(([path]) => path),
  };
}

/** AWS's packages, of which there are dozens, count as one. */
function partOf(path: string): string {
  const [, name] = /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path) ?? [];
  if (name === undefined) return `${path.split('/')[0]}/`;
  return /^@(?:aws-sdk|smithy|aws-crypto|aws)\//.test(name) ? 'AWS SDK' : name;
}
