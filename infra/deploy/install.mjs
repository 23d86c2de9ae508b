// Installs the locked dependencies when they are missing or stale, so that `npm start` and
// `npm test` are the first two commands of a fresh clone. Plain JavaScript: it runs before the
// pinned Node is there, on whatever Node (20 or later) the person has.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, lstatSync, readFileSync, statSync, writeFileSync } from 'node:fs';

const at = (path) => new URL(`../../${path}`, import.meta.url);
const stamp = at('node_modules/.ljgate-lock');
const digest = createHash('sha256')
  .update(readFileSync(at('package-lock.json')))
  .digest('hex');

/** Installed by us from this lock file, or by the person after it was written. */
function isCurrent() {
  if (existsSync(stamp)) return readFileSync(stamp, 'utf8') === digest;
  const installed = at('node_modules/.package-lock.json');
  return existsSync(installed) && statSync(installed).mtimeMs >= statSync(at('package-lock.json')).mtimeMs;
}

/** A linked folder is left alone: npm ci would empty the one that it points to. */
function isLinked() {
  const folder = lstatSync(new URL('../../node_modules', import.meta.url), { throwIfNoEntry: false });
  return folder?.isSymbolicLink() ?? false;
}

if (!isLinked() && !isCurrent()) {
  console.error('ljgate: installing dependencies, once (about half a minute) ...');
  const npm = process.env['npm_execpath'];
  const args = ['ci', '--no-audit', '--no-fund', '--loglevel=error'];
  const [command, rest] = npm ? [process.execPath, [npm, ...args]] : ['npm', args];
  const { status, error } = spawnSync(command, rest, {
    cwd: at(''),
    stdio: ['ignore', 2, 2],
    shell: !npm && process.platform === 'win32',
  });
  if (error) console.error(`ljgate: npm could not be run: ${error.message}`);
  if (status !== 0) process.exit(status ?? 1);
  writeFileSync(stamp, digest);
}
