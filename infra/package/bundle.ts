/** Bundles a function with esbuild into one minified ES module that needs nothing but Node. */
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { build, type Metafile, type Plugin } from 'esbuild';
import * as v from 'valibot';
import type { FunctionName } from './functions.ts';

/** A bundled function. */
export interface Bundle {
  readonly name: FunctionName;
  readonly javascript: Uint8Array;
  /** Its source map, which stays out of the zip. */
  readonly map: Uint8Array;
  /** Bytes of the bundle by where they came from: a package, or a folder of ours. Largest first. */
  readonly parts: readonly (readonly [part: string, bytes: number])[];
  /** Every source file that left something in the bundle. */
  readonly sources: readonly string[];
}

const root = fileURLToPath(new URL('../../', import.meta.url));

/** What a function does not need, and the file in `stand-ins/` that takes its place. */
const standIns: readonly (readonly [RegExp, string])[] = [
  [/^@node-rs\/argon2$/, 'argon2.ts'],
  [/^@aws-sdk\/credential-provider-node$/, 'credentials.ts'],
  [/^bowser$/, 'browsers.ts'],
  [/^is-unsafe$/, 'entities.ts'],
  [/^@aws-sdk\/endpoint-cache$/, 'endpoint-cache.ts'],
  [/^@smithy\/core\/event-streams$/, 'event-streams.ts'],
];

/** As much of a store as each function uses: the rest would only make its start slower. */
const stores: Readonly<Record<FunctionName, string>> = {
  flat: 'store.ts',
  xmlrpc: 'store.ts',
  web: 'store-with-books.ts',
  authorizer: 'store.ts',
  admin: 'whole-store.ts',
};

const standingIn = (name: FunctionName): Plugin => ({
  name: 'stand-ins',
  setup({ onResolve }) {
    for (const [filter, file] of [...standIns, [/\/store\/open\.ts$/, stores[name]] as const]) {
      onResolve({ filter }, () => ({ path: fileURLToPath(new URL(`stand-ins/${file}`, import.meta.url)) }));
    }
  },
});

/** The AWS SDK's clients look into their package.json for the version alone, and it is long. */
const versionOnly: Plugin = {
  name: 'version-only',
  setup({ onLoad }) {
    onLoad({ filter: /@aws-sdk[/\\][^/\\]+[/\\]package\.json$/ }, async ({ path }) => {
      const { version } = v.parse(manifest, JSON.parse(await readFile(path, 'utf8')));
      return { contents: JSON.stringify({ version }), loader: 'json' };
    });
  },
};

const manifest = v.object({ version: v.string() });

/** CommonJS packages ask for Node's own modules with `require`, which ES modules have not got. */
const banner = `import{createRequire}from'node:module';const require=createRequire(import.meta.url);`;

/** Bundles one function. The same sources give the same bytes. */
export async function bundle(name: FunctionName): Promise<Bundle> {
  const { outputFiles, metafile } = await build({
    absWorkingDir: root,
    entryPoints: { [name]: `functions/${name}.ts` },
    outdir: 'dist',
    outExtension: { '.js': '.mjs' },
    bundle: true,
    minify: true,
    format: 'esm',
    platform: 'node',
    target: 'node24',
    // The ES modules of a package, where it has both: only they can be cut to what is used.
    mainFields: ['module', 'main'],
    banner: { js: banner },
    sourcemap: 'external',
    legalComments: 'none',
    metafile: true,
    write: false,
    logLevel: 'warning',
    plugins: [standingIn(name), versionOnly],
  });
  const [javascript, map] = ['.mjs', '.map'].map((end) => outputFiles.find(({ path }) => path.endsWith(end)));
  if (!javascript || !map) throw new Error(`esbuild wrote no ${name}.mjs`);
  const { parts, sources } = partsOf(metafile);
  return { name, javascript: javascript.contents, map: map.contents, parts, sources };
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

/** AWS's packages count as one: they come and go in dozens. */
function partOf(path: string): string {
  const [, name] = /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path) ?? [];
  if (name === undefined) return `${path.split('/')[0]}/`;
  return /^@(?:aws-sdk|smithy|aws-crypto|aws)\//.test(name) ? 'AWS SDK' : name;
}
