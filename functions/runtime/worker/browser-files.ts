/** The files of `functions/web/browser/`, which wrangler puts into the Worker as texts. */
import type { AssetName } from '../../web/asset-types.ts';
import commands from '../../web/browser/commands.js?text';
import consoleScript from '../../web/browser/console.js?text';
import icon from '../../web/browser/icon.svg?text';
import md5 from '../../web/browser/md5.js?text';
import requests from '../../web/browser/requests.js?text';
import style from '../../web/browser/style.css?text';

const texts: Readonly<Record<AssetName, string>> = {
  'style.css': style,
  'icon.svg': icon,
  'console.js': consoleScript,
  'requests.js': requests,
  'commands.js': commands,
  'md5.js': md5,
};

/** The texts of these files, in this order. */
export function browserFiles(names: readonly AssetName[]): readonly string[] {
  return names.map((name) => texts[name]);
}
