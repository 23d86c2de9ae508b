/** Bundles a function with esbuild into minified ES modules that need nothing but Node. */
import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, type Metafile, type Plugin } from 'esbuild';
import * as v from 'valibot';
import type { FunctionName } from './functions.ts';
import type { Files } from './zip.ts';

/** A bundled function. */
export interface Bundle {
  readonly name: FunctionName;
  /** `NAME.mjs`, and what it imports at its start or later. */
  readonly javascript: Files;
  /** Their source maps, which stay out of the zip. */
  readonly maps: Files;
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
  [/^node:process$/, 'process.ts'],
  [/^node:http$/, 'http.ts'],
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
    // What is imported when it is needed stands in a file of its own, which a start does not wait for.
    splitting: true,
    chunkNames: '[name]-[hash]',
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
  const ending = (end: string): Files =>
    Object.fromEntries(
      outputFiles
        .filter(({ path }) => path.endsWith(end))
        .map(({ path, contents }) => [basename(path), contents]),
    );
  const { parts, sources } = partsOf(metafile);
  return { name, javascript: ending('.mjs'), maps: ending('.map'), parts, sources };
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
