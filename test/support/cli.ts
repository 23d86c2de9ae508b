/** Runs `ljgate` as an operator does: a process, with standard input, in a folder and on a store. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

/** The command line's entry. */
export const main = fileURLToPath(new URL('../../functions/cli/ljgate.ts', import.meta.url));

/** What a command came to. */
export interface Ran {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** The folder and the variables that commands run with. */
export interface WorkingFolder {
  readonly folder: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** Runs a command to its end. */
export async function ljgate(
  { folder, env }: WorkingFolder,
  args: readonly string[],
  input = '',
): Promise<Ran> {
  const child = spawn(process.execPath, [main, ...args], { cwd: folder, env: { ...process.env, ...env } });
  const printed = { stdout: '', stderr: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    printed.stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    printed.stderr += text;
  });
  child.stdin.on('error', () => {});
  child.stdin.end(input);
  await once(child, 'close');
  return { code: child.exitCode, ...printed };
}

/** The JSON values that a command printed. */
export function jsonLines({ stdout }: Pick<Ran, 'stdout'>): Record<string, unknown>[] {
  return stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line));
}
