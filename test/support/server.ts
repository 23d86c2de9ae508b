/** Runs `ljgate serve` as its users do: a process of its own, on a free port. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { watchForSecrets } from './marks.ts';
import type { Holdings } from './probe.ts';

const main = fileURLToPath(new URL('../../functions/cli/ljgate.ts', import.meta.url));

/** A server under test. */
export interface Ljgate {
  readonly url: URL;
  readonly process: ChildProcess;
  /** Log entries so far. */
  readonly log: readonly Record<string, unknown>[];
  /** Ends it as an operator would, with SIGTERM; resolves to its exit code. */
  stop(): Promise<number | null>;
}

const folders: string[] = [];
process.once('exit', () => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

/** A fresh folder under the system's own for temporary files, gone with this process. */
export async function freshFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'ljgate-'));
  folders.push(folder);
  return folder;
}

/** Starts a server and waits until it listens; rejects with what it printed if it ends before. */
export function startLjgate(...args: string[]): Promise<Ljgate> {
  return startUnder([], ...args);
}

/** A server that tells what it holds. */
export interface ProbedLjgate extends Ljgate {
  holdings(): Promise<Holdings>;
}

/** Starts a server with a probe in it. */
export async function startProbedLjgate(...args: string[]): Promise<ProbedLjgate> {
  const probe = new URL('./probe.ts', import.meta.url).href;
  const server = await startUnder(['--expose-gc', '--import', probe], ...args);
  return {
    ...server,
    async holdings() {
      const answer = once(server.process, 'message');
      server.process.send('holdings');
      return (await answer)[0] as Holdings;
    },
  };
}

/** Starts a server with options of Node's own. */
export async function startUnder(nodeArgs: readonly string[], ...args: string[]): Promise<Ljgate> {
  // One server is used by many tests, which make more sessions than a client does.
  const usual = ['--port', '0', '--log', 'json', '--session-rate', 'off'];
  const command = [...nodeArgs, main, 'serve', ...usual, ...args];
  const child: ChildProcess = spawn(process.execPath, command, {
    stdio: nodeArgs.length > 0 ? ['ignore', 'pipe', 'pipe', 'ipc'] : ['ignore', 'pipe', 'pipe'],
    cwd: await freshFolder(),
  });
  const { stdout, stderr } = child;
  if (!stdout || !stderr) throw new Error('the server has no output');
  const log: Record<string, unknown>[] = [];
  const printed: string[] = [];
  const watch = watchForSecrets();
  createInterface(stderr).on('line', (line) => {
    printed.push(line);
    watch.see(line);
  });
  const url = await new Promise<URL>((resolve, reject) => {
    createInterface(stdout).on('line', (line) => {
      printed.push(line);
      watch.see(line);
      const entry: Record<string, unknown> = JSON.parse(line);
      log.push(entry);
      if (entry['message'] === 'listening') resolve(new URL(String(entry['url'])));
    });
    child.once('exit', (code) => reject(new Error(`ljgate ended with ${code}:\n${printed.join('\n')}`)));
  });
  return {
    url,
    process: child,
    log,
    async stop() {
      if (child.exitCode === null) {
        child.kill('SIGTERM');
        await once(child, 'exit');
      }
      watch.check();
      return child.exitCode;
    },
  };
}

/** Runs the command line until it has printed `text`, then ends it; resolves to what it printed. */
export async function watchLjgate(args: readonly string[], text: string): Promise<string> {
  const child = spawn(process.execPath, [main, ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
    cwd: await freshFolder(),
  });
  let printed = '';
  for await (const chunk of child.stdout) {
    printed += String(chunk);
    if (printed.includes(text)) child.kill('SIGTERM');
  }
  return printed;
}

/** Runs the command line to its end. */
export async function runLjgate(args: readonly string[], env: NodeJS.ProcessEnv = {}) {
  const child = spawn(process.execPath, [main, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...env },
    cwd: await freshFolder(),
  });
  const chunks = { stdout: '', stderr: '' };
  child.stdout.on('data', (text: Buffer) => {
    chunks.stdout += text.toString();
  });
  child.stderr.on('data', (text: Buffer) => {
    chunks.stderr += text.toString();
  });
  await once(child, 'close');
  return { code: child.exitCode, ...chunks };
}
