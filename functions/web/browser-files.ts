/** The files of `browser/`, which a function's zip has in a folder of its own. */
import { readFileSync } from 'node:fs';
import type { AssetName } from './asset-types.ts';

/** The texts of these files, in this order. */
export function browserFiles(names: readonly AssetName[]): readonly string[] {
  return names.map((name) => readFileSync(new URL(`./browser/${name}`, import.meta.url), 'utf8'));
}
