/** Questions on the terminal: passwords, which are never arguments, and whether somebody is sure. */
import { text } from 'node:stream/consumers';
import { Refused } from '../../infra/operations/operator.ts';
import { UsageError } from './usage.ts';

/** Questions stand on standard error, so that standard output is the result alone. */
const context = { output: process.stderr, clearPromptOnDone: false };

function onTerminal(): boolean {
  return process.stdin.isTTY === true && process.stderr.isTTY === true;
}

/** A new password: asked for twice, or the one line of standard input. */
export async function newPassword(fromStdin: boolean): Promise<string> {
  if (fromStdin) return onlyLine(await text(process.stdin));
  if (!onTerminal()) {
    throw new UsageError(
      'there is no terminal to ask for a password on; give --password-stdin or --generate',
    );
  }
  const { default: ask } = await import('@inquirer/password');
  const hidden = { mask: false, toggleMask: false };
  return orCancelled(async () => {
    const first = await ask({ message: 'New password', validate: isThere, ...hidden }, context);
    const again = (second: string) => second === first || 'It is not the same; again, or end with Ctrl-C.';
    await ask({ message: 'The same again', validate: again, ...hidden }, context);
    return first;
  });
}

function isThere(password: string): true | string {
  return password !== '' || 'It must not be empty.';
}

function onlyLine(input: string): string {
  const line = input.replace(/\r?\n$/, '');
  if (line === '') throw new UsageError('--password-stdin: standard input is empty');
  if (/[\r\n]/.test(line)) throw new UsageError('--password-stdin: standard input has more than one line');
  return line;
}

/**
 * Asks before something is lost; `--yes` has said so already.
 * @returns whether to go on
 * @throws {UsageError} where there is nobody to ask
 */
export async function sure(question: string, yes: boolean | undefined): Promise<boolean> {
  if (yes) return true;
  if (!onTerminal()) throw new UsageError('there is no terminal to ask on whether to go on; give --yes');
  const { default: ask } = await import('@inquirer/confirm');
  return orCancelled(() => ask({ message: question, default: false }, context));
}

/** Ctrl-C at a question is an answer, too. */
async function orCancelled<T>(asking: () => Promise<T>): Promise<T> {
  try {
    return await asking();
  } catch (error) {
    if (!(error instanceof Error) || error.name !== 'ExitPromptError') throw error;
    throw new Refused('cancelled; nothing was done');
  }
}
