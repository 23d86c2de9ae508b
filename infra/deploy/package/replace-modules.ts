/** Replaces modules of vendors that make a function larger or slower to start and do nothing for it. */
import { fileURLToPath } from 'node:url';
import type { Plugin } from 'esbuild';

/** The modules by their names, and the files of `replacements/` that replace them. */
export const replacements: Readonly<Record<string, string>> = {
  '@node-rs/argon2': 'node-rs-argon2.ts',
  '@aws-sdk/credential-provider-node': 'credential-provider-node.ts',
  'node:http': 'node-http.ts',
  '@smithy/core/event-streams': 'event-streams.ts',
};

/** Replaces the modules; `onReplace` gets the name of each that something imports. */
export function replaceModules(onReplace: (name: string) => void): Plugin {
  return {
    name: 'replace-modules',
    setup({ onResolve }) {
      onResolve({ filter: new RegExp(`^(?:${Object.keys(replacements).join('|')})$`) }, ({ path: name }) => {
        onReplace(name);
        return { path: fileURLToPath(new URL(`replacements/${replacements[name]}`, import.meta.url)) };
      });
    },
  };
}
