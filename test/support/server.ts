/** Runs `ljgate serve` as its users do: a process of its own, on a free port. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

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
export async function startLjgate(...args: string[]): Promise<Ljgate> {
  const child = spawn(process.execPath, [main, 'serve', '--port', '0', '--log', 'json', ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    cwd: await freshFolder(),
  });
  const log: Record<string, unknown>[] = [];
  const printed: string[] = [];
  child.stderr.on('data', (text: Buffer) => printed.push(text.toString()));
  const url = await new Promise<URL>((resolve, reject) => {
    createInterface(child.stdout).on('line', (line) => {
      printed.push(line);
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
      if (child.exitCode !== null) return child.exitCode;
      child.kill('SIGTERM');
      await once(child, 'exit');
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
