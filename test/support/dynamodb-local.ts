/** DynamoDB Local, AWS's own emulator in Java: fetched once, started once a run. */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { installLocked } from '../../infra/deploy/package/install-locked.ts';
import { cacheFolder } from './cache-folder.ts';

/** AWS's AmplifyCLI publishes the emulator on npm, unchanged. */
const name = 'amplify-dynamodb-simulator';
const locked = {
  version: '2.9.30',
  integrity:
    'sha512-xTeeRLvzEfqyd5lh3bH4c0kHvSHHmmhD5ZDsHFKAQ5g2Zl6JqlFdutaQhCLHzxEp6Ry1o7TB6niIoXuQAnSewQ==',
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
  const folder = join(cacheFolder, `${name}-${locked.version}`);
  if (existsSync(folder)) return folder;

  await mkdir(cacheFolder, { recursive: true });
  const fetched = await mkdtemp(join(cacheFolder, 'fetching-'));
  try {
    await installLocked(fetched, { [name]: locked });
    await rename(join(fetched, 'node_modules', name, 'emulator'), folder).catch((error: unknown) => {
      // Another run was faster.
      if (!existsSync(folder)) throw error;
    });
    return folder;
  } finally {
    await rm(fetched, { recursive: true, force: true });
  }
}
