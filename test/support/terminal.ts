/** Runs `ljgate` in a pseudo-terminal, which Python's standard library has and Node's has not. */
import { spawn } from 'node:child_process';
import { json } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import * as v from 'valibot';
import { main, type WorkingFolder } from './cli.ts';

const program = fileURLToPath(new URL('terminal.py', import.meta.url));

const result = v.object({ code: v.number(), shown: v.string() });

/** What a command showed on its terminal, and how it ended. */
export type Shown = v.InferOutput<typeof result>;

/** Runs it; each step waits for a text that was not there before, then types. */
export async function onTerminal(
  { folder, env = {} }: WorkingFolder,
  args: readonly string[],
  steps: readonly (readonly [waitFor: string, type: string])[] = [],
): Promise<Shown> {
  const python = spawn('python3', [program], { stdio: ['pipe', 'pipe', 'inherit'] });
  const argv = [process.execPath, main, ...args];
  // Vitest sets these for the whole run.
  const colours = { NO_COLOR: '', FORCE_COLOR: '', CI: '', ...env };
  python.stdin.end(JSON.stringify({ argv, folder, env: colours, steps, seconds: 60 }));
  return v.parse(result, await json(python.stdout));
}
