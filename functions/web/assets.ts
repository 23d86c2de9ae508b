/** The files that pages load: a style sheet, an icon and the console's scripts. */

import { browserFiles } from '#browser-files';
import { sha256Hex } from '../../core/auth/digest.ts';
import { type AssetName, assetTypes } from './asset-types.ts';
import type { PageContext } from './web-context.ts';

/** The files. Their addresses change when the content of any of them changes, so browsers may cache them for ever. */
export interface Assets {
  /** The address of a file. */
  path(name: AssetName): string;
  /** Answers a request for one. */
  answer(c: PageContext): Response | Promise<Response>;
}

/** Reads the files. The hash is one folder, so that scripts import each other by plain names. */
export function openAssets(): Assets {
  const names = Object.keys(assetTypes) as AssetName[];
  const texts = browserFiles(names);
  const hash = sha256Hex(texts.join('\0')).slice(0, 16);
  const path = (name: AssetName) => `/assets/${hash}/${name}`;
  const files = new Map(
    names.map((name, i) => [path(name), { type: assetTypes[name], text: texts[i] ?? '' }]),
  );
  return {
    path,
    answer(c) {
      const file = files.get(c.req.path);
      if (!file) return c.notFound();
      return c.body(file.text, 200, {
        'Content-Type': file.type,
        'Cache-Control': 'public, max-age=31536000, immutable',
        'X-Content-Type-Options': 'nosniff',
      });
    },
  };
}
