/** DynamoDB Local, AWS's own emulator in Java: fetched once, started once a run. */
import { execFile, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rename, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** AWS's AmplifyCLI publishes the emulator on npm, unchanged. */
const source = {
  package: 'amplify-dynamodb-simulator@2.9.30',
  tarball: 'amplify-dynamodb-simulator-2.9.30.tgz',
  sha512: 'xTeeRLvzEfqyd5lh3bH4c0kHvSHHmmhD5ZDsHFKAQ5g2Zl6JqlFdutaQhCLHzxEp6Ry1o7TB6niIoXuQAnSewQ==',
};

/** A running emulator. */
export interface Emulator {
  readonly endpoint: string;
  stop(): void;
}

/** Starts DynamoDB Local on a free port, its data in memory. Needs Java 17. */
export async function startDynamodbLocal(): Promise<Emulator> {
  const folder = await emulatorFolder();
  const port = await freePort();
  const args = ['-Djava.library.path=./DynamoDBLocal_lib', '-jar', 'DynamoDBLocal.jar'];
  const options = ['-inMemory', '-port', String(port), '-disableTelemetry'];
  const java = spawn('java', [...args, ...options], { cwd: folder, stdio: ['ignore', 'ignore', 'pipe'] });
  let complaints = '';
  java.stderr.on('data', (chunk) => {
    complaints += chunk;
  });
  const stop = () => {
    java.kill('SIGKILL');
  };
  process.once('exit', stop);

  const endpoint = `http://127.0.0.1:${port}`;
  for (let tries = 0; tries < 600 && java.exitCode === null; tries++) {
    if (await answers(endpoint)) return { endpoint, stop };
    await sleep(100);
  }
  stop();
  throw new Error(`DynamoDB Local did not start: ${complaints}`);
}

/** Any answer will do: without a signature it is a refusal. */
function answers(endpoint: string): Promise<boolean> {
  return fetch(endpoint).then(
    () => true,
    () => false,
  );
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      const port = typeof address === 'object' && address ? address.port : 0;
      server.close(() => resolve(port));
    });
  });
}

/** The emulator's folder in the user's cache. A half-made one is never seen: it is renamed into place. */
async function emulatorFolder(): Promise<string> {
  const cache = join(process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'ljgate');
  const folder = join(cache, source.tarball.replace('.tgz', ''));
  if (existsSync(folder)) return folder;

  await mkdir(cache, { recursive: true });
  const workshop = await mkdtemp(join(cache, 'fetching-'));
  try {
    await pack(workshop);
    const tarball = join(workshop, source.tarball);
    const digest = createHash('sha512')
      .update(await readFile(tarball))
      .digest('base64');
    if (digest !== source.sha512) throw new Error(`${source.tarball} is not what it was: sha512 ${digest}`);
    await run('tar', ['-xzf', tarball, '-C', workshop, 'package/emulator']);
    await rename(join(workshop, 'package', 'emulator'), folder).catch((error: unknown) => {
      // Another run was faster.
      if (!existsSync(folder)) throw error;
    });
    return folder;
  } finally {
    await rm(workshop, { recursive: true, force: true });
  }
}

/** Through npm, so that a person's registry and proxy settings hold. */
async function pack(folder: string): Promise<void> {
  const args = ['pack', source.package, '--silent', '--pack-destination', folder];
  await run('npm', args, { cwd: folder, shell: process.platform === 'win32' });
}
