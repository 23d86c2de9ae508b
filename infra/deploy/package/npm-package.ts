/**
 * Builds what `npm pack` packs: JavaScript with source maps and declarations in `dist/server/`, because Node strips no
 * types from files in `node_modules`. File by file, so that threads and pages find their files as in a clone.
 */
import { execFileSync } from 'node:child_process';
import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as v from 'valibot';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const target = join(root, 'dist/server');

const manifest = v.object({
  name: v.string(),
  version: v.string(),
  type: v.literal('module'),
  imports: v.record(v.string(), v.record(v.string(), v.string())),
});

/** Builds it anew. @throws {Error} when a file has errors */
function build(): void {
  rmSync(target, { recursive: true, force: true });
  const compiler = join(root, 'node_modules/typescript/bin/tsc');
  execFileSync(process.execPath, [compiler, '-p', 'infra/deploy/package/tsconfig.json'], {
    cwd: root,
    stdio: ['ignore', 2, 2],
  });
  cpSync(join(root, 'functions/web/browser'), join(target, 'functions/web/browser'), { recursive: true });
  // The conditions name sources; here the same names mean the built files.
  const { imports, ...about } = v.parse(
    manifest,
    JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')),
  );
  const here = Object.entries(imports).map(([name, { node, default: other = '' }]) => [
    name,
    (node ?? other).replace(/\.ts$/, '.js'),
  ]);
  const text = JSON.stringify({ ...about, imports: Object.fromEntries(here) }, null, 2);
  writeFileSync(join(target, 'package.json'), `${text}\n`);
}

build();
