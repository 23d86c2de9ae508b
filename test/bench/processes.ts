/** The programs that are measured, each a process of its own, and the processor time that each takes. */
import { type ChildProcess, execFileSync, fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  closeSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
} from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** Whoever runs the bench may have set ljgate's variables for something else. */
const withoutSettings = Object.fromEntries(
  Object.entries(process.env).filter(([name]) => !name.startsWith('LJGATE_')),
);

/** A program that runs. */
export interface Running {
  readonly process: ChildProcess;
  /** The first message that it sends. */
  readonly ready: Promise<unknown>;
  /** Sends a message and gives the answer to it: one at a time. */
  ask<Answer>(message: unknown): Promise<Answer>;
  /** Processor time so far of all its threads, in ms. */
  cpu(): number;
  stop(): Promise<void>;
}

/** A program that listens. */
type Server = Running & { readonly port: number };

/** A folder where `npm start` keeps its data, on the same disk; gone with this process at the latest. */
export function benchFolder(): string {
  const data = join(root, 'data');
  mkdirSync(data, { recursive: true });
  const folder = mkdtempSync(join(data, 'bench-'));
  process.once('exit', () => removeFolder(folder));
  return folder;
}

/** Removes a folder with all that is in it. */
export function removeFolder(folder: string): void {
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
}

/** Starts a TypeScript program of this folder that answers messages. */
export function startProgram(file: string, ...args: string[]): Running {
  const child = fork(fileURLToPath(new URL(file, import.meta.url)), args, {
    serialization: 'advanced',
    execArgv: [],
  });
  return running(child, file);
}

/** Starts a server of this folder, which sends its port once it listens. */
export async function startPeer(file: string, ...args: string[]): Promise<Server> {
  const program = startProgram(file, ...args);
  return { ...program, port: Number(await program.ready) };
}

/** Starts a server in Python, which prints its port. */
export async function startPython(file: string): Promise<Server> {
  const path = fileURLToPath(new URL(file, import.meta.url));
  const child = spawn('python3', [path], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [port] = await Promise.race([once(child.stdout, 'data'), failure(child, file)]);
  return { ...running(child, file), port: Number(String(port)) };
}

/**
 * Starts ljgate as `npm start` does, but for the port, the place of its data, and `more` of its options.
 * Its log goes to a file, as a service's does.
 */
export function startLjgate(folder: string, store: string, ...more: string[]): Promise<Server> {
  return serve(folder, store, more, [], {});
}

/** Starts it with one of its modules replaced: see `without/register.ts`. */
export function startLjgateWithout(folder: string, store: string, replaced: string): Promise<Server> {
  return serve(folder, store, [], withoutArguments, { BENCH_WITHOUT: replaced });
}

/** What preloads `without/register.ts` into a program. */
export const withoutArguments = ['--import', new URL('without/register.ts', import.meta.url).href];

async function serve(
  folder: string,
  store: string,
  more: readonly string[],
  node: readonly string[],
  variables: NodeJS.ProcessEnv,
): Promise<Server> {
  const log = join(folder, `ljgate${more.join('').replaceAll('/', '_')}.log`);
  const output = openSync(log, 'w');
  const args = ['serve', '--demo', '--port', '0', '--store', store, ...more];
  const child = spawn(process.execPath, [...node, join(root, 'functions/cli/ljgate.ts'), ...args], {
    stdio: ['ignore', output, 'inherit'],
    env: { ...withoutSettings, ...variables },
  });
  closeSync(output);
  while (child.exitCode === null) {
    const port = /listens on \S+:(\d+)/.exec(readFileSync(log, 'utf8'))?.[1];
    if (port !== undefined) return { ...running(child, 'ljgate'), port: Number(port) };
    await sleep(20);
  }
  throw new Error(`ljgate did not start: ${readFileSync(log, 'utf8')}`);
}

/** How another command of ljgate's is started. */
export function ljgateCommand(...args: readonly string[]) {
  const all = [join(root, 'functions/cli/ljgate.ts'), ...args];
  const stdio: ['ignore', 'ignore', 'inherit'] = ['ignore', 'ignore', 'inherit'];
  return [process.execPath, all, { stdio, env: withoutSettings }] as const;
}

/** Runs another command of ljgate's to its end. */
export async function runLjgate(...args: string[]): Promise<void> {
  const child = spawn(...ljgateCommand(...args));
  const forget = killAtExit(child);
  const [code] = await once(child, 'exit');
  forget();
  if (code !== 0) throw new Error(`ljgate ${args.join(' ')} ended with ${code}`);
}

/** Before folders are removed: programs write to them. Gives a function that lets it live. */
function killAtExit(child: ChildProcess): () => void {
  const kill = () => void child.kill('SIGKILL');
  process.prependOnceListener('exit', kill);
  return () => process.off('exit', kill);
}

function running(child: ChildProcess, name: string): Running {
  const forget = killAtExit(child);
  const failed = failure(child, name);
  const answer = async () => (await Promise.race([once(child, 'message'), failed]))[0];
  const ready = answer();
  for (const promise of [failed, ready]) promise.catch(() => {});
  return {
    process: child,
    ready,
    async ask<Answer>(message: unknown) {
      const answered = answer();
      child.send(message as object);
      const reply = await answered;
      if (reply instanceof Error) throw reply;
      return reply as Answer;
    },
    cpu: () => familyOf(child.pid ?? 0).reduce((sum, pid) => sum + processorTime(pid), 0),
    async stop() {
      forget();
      if (child.exitCode !== null || child.signalCode !== null) return;
      const ended = once(child, 'exit');
      child.kill('SIGTERM');
      await ended;
    },
  };
}

async function failure(child: ChildProcess, name: string): Promise<never> {
  const [code, signal] = await once(child, 'exit');
  throw new Error(`${name} ended with ${code ?? signal}`);
}

const families = new Map<number, readonly number[]>();

/** A process and its children, which are those that it had when it was first asked for them. */
function familyOf(pid: number): readonly number[] {
  const known = families.get(pid);
  if (known) return known;
  const all = execFileSync('ps', ['-A', '-o', 'pid=,ppid='], { encoding: 'utf8' }).trim().split('\n');
  const pairs = all.map((line) => line.trim().split(/\s+/).map(Number));
  const family = [pid, ...pairs.filter(([, parent]) => parent === pid).map(([child = 0]) => child)];
  families.set(pid, family);
  return family;
}

/**
 * Linux tells nanoseconds for each thread, where its kernel keeps them; else hundredths of a second for
 * all, also of threads that have ended. Elsewhere there is `ps`.
 */
export function processorTime(pid: number): number {
  if (process.platform !== 'linux') {
    const time = execFileSync('ps', ['-o', 'cputime=', '-p', String(pid)], { encoding: 'utf8' }).trim();
    return time.split(/[:-]/).reduce((sum, part) => sum * 60 + Number(part), 0) * 1000;
  }
  const threads = readdirSync(`/proc/${pid}/task`).map((thread) => `/proc/${pid}/task/${thread}/schedstat`);
  if (threads.every((file) => existsSync(file))) {
    return threads.reduce((sum, file) => sum + Number(readFileSync(file, 'utf8').split(' ')[0]) / 1e6, 0);
  }
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ') ?? [];
  return (Number(fields[11]) + Number(fields[12])) * 10;
}
