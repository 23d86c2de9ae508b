/** What pages load beside themselves: a style sheet, an icon and the console's script. */

import type { Context } from 'hono';
import { browserFiles } from '#browser-files';
import { sha256Hex } from '../../core/digest.ts';

const types = {
  'style.css': 'text/css; charset=utf-8',
  'icon.svg': 'image/svg+xml',
  'console.js': 'text/javascript; charset=utf-8',
  'requests.js': 'text/javascript; charset=utf-8',
  'md5.js': 'text/javascript; charset=utf-8',
} as const;

/** Names of files in `browser/`. */
export type AssetName = keyof typeof types;

/** The files, each under an address that changes with the content of any of them. */
export interface Assets {
  /** The address of a file. */
  path(name: AssetName): string;
  /** Answers a request for one. */
  answer(c: Context): Response | Promise<Response>;
}

/** Reads the files. The hash is one folder, so that scripts import each other by plain names. */
export function openAssets(): Assets {
  const names = Object.keys(types) as AssetName[];
  const texts = browserFiles(names);
  const hash = sha256Hex(texts.join('\0')).slice(0, 16);
  const path = (name: AssetName) => `/assets/${hash}/${name}`;
  const files = new Map(names.map((name, i) => [path(name), { type: types[name], text: texts[i] ?? '' }]));
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
