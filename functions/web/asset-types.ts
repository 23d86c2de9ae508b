/** The files in `browser/` that pages load, and their media types. */
export const assetTypes = {
  'style.css': 'text/css; charset=utf-8',
  'icon.svg': 'image/svg+xml',
  'console.js': 'text/javascript; charset=utf-8',
  'requests.js': 'text/javascript; charset=utf-8',
  'commands.js': 'text/javascript; charset=utf-8',
  'md5.js': 'text/javascript; charset=utf-8',
} as const;

/** The name of one. */
export type AssetName = keyof typeof assetTypes;
