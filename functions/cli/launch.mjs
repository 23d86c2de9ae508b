#!/usr/bin/env node
// Starts the command line: in the package the built files, in a clone the sources. Plain JavaScript: it runs on
// whatever Node is there. A Node that cannot run TypeScript starts the Node of the package `node` in its place.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import module from 'node:module';
import { constants } from 'node:os';
import { fileURLToPath } from 'node:url';

/** Absent before Node 22.1. */
const { enableCompileCache } = module;

const sources = new URL('./ljgate.ts', import.meta.url);
const built = new URL('../../dist/server/functions/cli/ljgate.js', import.meta.url);

/** The first version that strips types and whose node:sqlite takes numbered parameters, without flags. */
const oldest = [22, 20];

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
const isNewEnough = major > oldest[0] || (major === oldest[0] && minor >= oldest[1]);

/** Where `npm test` and `npm start` install Node in a clone. */
const pinned = ['node_modules/node/', 'node_modules/.ljgate-node/node_modules/node/']
  .map((path) => fileURLToPath(new URL(`../../${path}bin/node`, import.meta.url)))
  .find((path) => existsSync(path));

function fail(text) {
  console.error(`ljgate: ${text}`);
  process.exit(1);
}

/** Runs the sources under another Node: its signals and its exit code are this process's. */
function runUnder(node) {
  const child = spawn(node, [fileURLToPath(import.meta.url), ...process.argv.slice(2)], { stdio: 'inherit' });
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.on('error', (error) => fail(`${node} cannot be run: ${error.message}`));
  child.on('exit', (code, signal) => process.exit(code ?? 128 + constants.signals[signal]));
}

/**
 * npm and npx start this through a shell. SIGTERM ends them and the shell, which hands no signal on: then this process
 * would go on with nobody who knows it. So it ends, as by SIGTERM, when its parent has ended.
 */
function endWithParent() {
  const parent = process.ppid;
  const watch = () => {
    if (process.ppid === parent) return;
    clearInterval(timer);
    process.kill(process.pid, 'SIGTERM');
  };
  const timer = setInterval(watch, 250);
  timer.unref();
}

if (process.env['npm_lifecycle_event'] !== undefined) endWithParent();

const isClone = existsSync(sources);
if (isClone && !existsSync(new URL('../../node_modules/commander', import.meta.url))) {
  fail('the packages are not installed; run: npm start, or to install them without starting: npm ci');
} else if (isNewEnough) {
  // A command then starts in less than half of the time. Only in a clone: nobody else can write to this folder.
  if (isClone)
    enableCompileCache?.(fileURLToPath(new URL('../../node_modules/.cache/ljgate', import.meta.url)));
  await import(isClone ? sources.href : built.href);
} else if (isClone && pinned !== undefined) {
  runUnder(pinned);
} else {
  const wanted = `Node ${oldest.join('.')} or later`;
  const clone = isClone ? ', or let npm start install it' : '';
  fail(`this is Node ${process.versions.node}, and ${wanted} is needed: https://nodejs.org${clone}`);
}
