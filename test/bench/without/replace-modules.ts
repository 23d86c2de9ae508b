/** Bundles a function with one trick less, which the variable BENCH_BUNDLE_WITHOUT names. */
import type { BuildOptions } from 'esbuild';
import { replaceModules as real } from '../../../infra/deploy/package/replace-modules.ts';

export { replacements } from '../../../infra/deploy/package/replace-modules.ts';

const left = (process.env['BENCH_BUNDLE_WITHOUT'] ?? '').split(',');
const argon2 = '@node-rs/argon2';

const changes: Readonly<Record<string, BuildOptions>> = {
  // Without shorter names, the banner's own would stand twice.
  minify: {
    minify: false,
    banner: {
      js: `import{createRequire as maker}from'node:module';const require=maker(import.meta.url);`,
    },
  },
  splitting: { splitting: false, outdir: 'dist' },
  modules: { mainFields: ['main', 'module'] },
  bundling: { packages: 'external' },
};

export const replaceModules: typeof real = (onReplace) => ({
  name: 'replace-modules',
  setup(build) {
    Object.assign(build.initialOptions, ...left.map((name) => changes[name]));
    return real(onReplace).setup({
      ...build,
      onResolve(options, callback) {
        build.onResolve(options, (args) => {
          // No bundle has a binary where the package looks for it.
          const isOut = left.includes(args.path) || (left.includes('replacements') && args.path !== argon2);
          // The search for credentials wants more of node:http than its replacement has.
          const isSearching = args.importer.includes('credential-provider-imds');
          return isOut || isSearching ? undefined : callback(args);
        });
      },
    });
  },
});
