/** The files of `browser/`, which a bundle for Lambda has beside itself. */
import { readFileSync } from 'node:fs';
import type { AssetName } from './assets.ts';

/** The texts of these files, in this order. */
export function browserFiles(names: readonly AssetName[]): readonly string[] {
  return names.map((name) => readFileSync(new URL(`./browser/${name}`, import.meta.url), 'utf8'));
}
