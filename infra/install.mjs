// Installs the locked dependencies when they are missing or stale, so that `npm start` and
// `npm test` are the first two commands of a fresh clone. Plain JavaScript: it runs before the
// pinned Node is there, on whatever Node (20 or later) the person has.
import { spawnSync } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';

const locked = new URL('../package-lock.json', import.meta.url);
const installed = new URL('../node_modules/.package-lock.json', import.meta.url);
const current = existsSync(installed) && statSync(installed).mtimeMs >= statSync(locked).mtimeMs;

if (!current) {
  console.error('ljgate: installing dependencies, once (about half a minute) ...');
  const npm = process.env['npm_execpath'];
  const args = ['ci', '--no-audit', '--no-fund', '--loglevel=error'];
  const [command, rest] = npm ? [process.execPath, [npm, ...args]] : ['npm', args];
  const { status, error } = spawnSync(command, rest, {
    cwd: new URL('..', import.meta.url),
    stdio: ['ignore', 2, 2],
    shell: !npm && process.platform === 'win32',
  });
  if (error) console.error(`ljgate: npm could not be run: ${error.message}`);
  process.exit(status ?? 1);
}
