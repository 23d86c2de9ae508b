/** Questions on the terminal: for passwords, which are never arguments, and before something is lost. */
import { text } from 'node:stream/consumers';
import { OperationRefused } from '../../infra/operations/operator-context.ts';
import { UsageError } from './usage-error.ts';

/** Questions are printed on standard error, so that standard output has the result alone. */
const context = { output: process.stderr, clearPromptOnDone: false };

function onTerminal(): boolean {
  return process.stdin.isTTY === true && process.stderr.isTTY === true;
}

/** A new secret, and how else it can be given. */
export interface SecretQuestion {
  /** `password`. */
  readonly name: string;
  /** The flag that reads it from standard input. */
  readonly flag: string;
  /** What to give where there is no terminal. */
  readonly otherwise: string;
}

/** A new secret: asked for twice, or the one line of standard input. */
export async function newSecret(
  { name, flag, otherwise }: SecretQuestion,
  fromStdin: boolean,
): Promise<string> {
  if (fromStdin) return onlyLine(await text(process.stdin), flag);
  if (!onTerminal()) {
    throw new UsageError(`without a terminal no ${name} can be asked for; give ${otherwise}`);
  }
  const { default: ask } = await import('@inquirer/password');
  const hidden = { mask: false, toggleMask: false };
  return orCancelled(async () => {
    const first = await ask({ message: `New ${name}`, validate: isThere, ...hidden }, context);
    const again = (second: string) =>
      second === first || 'The two differ. Type it again, or stop with Ctrl-C.';
    await ask({ message: `The same ${name} again`, validate: again, ...hidden }, context);
    return first;
  });
}

/** A secret that there is already: asked for once. */
export async function askSecret({ name, otherwise }: SecretQuestion): Promise<string> {
  if (!onTerminal()) {
    throw new UsageError(`without a terminal no ${name} can be asked for; give ${otherwise}`);
  }
  const { default: ask } = await import('@inquirer/password');
  const question = { message: `The ${name}`, validate: isThere, mask: false, toggleMask: false };
  return orCancelled(() => ask(question, context));
}

function isThere(password: string): true | string {
  return password !== '' || 'It must not be empty.';
}

function onlyLine(input: string, flag: string): string {
  const line = input.replace(/\r?\n$/, '');
  if (line === '') throw new UsageError(`${flag}: standard input is empty`);
  if (/[\r\n]/.test(line)) throw new UsageError(`${flag}: standard input has more than one line`);
  return line;
}

/** @throws {UsageError} where there is nobody to ask; `otherwise` is what to do there */
export function requireTerminal(otherwise: string): void {
  if (!onTerminal()) throw new UsageError(`this asks, and there is no terminal to ask on; ${otherwise}`);
}

/**
 * Asks before something is lost; with `--yes` nothing is asked.
 * @returns whether to go on
 * @throws {UsageError} where there is nobody to ask
 */
export async function sure(question: string, yes: boolean | undefined): Promise<boolean> {
  if (yes) return true;
  requireTerminal('give --yes');
  const { default: ask } = await import('@inquirer/confirm');
  return orCancelled(() => ask({ message: question, default: false }, context));
}

/** Ctrl-C at a question is an answer, too. */
async function orCancelled<T>(asking: () => Promise<T>): Promise<T> {
  try {
    return await asking();
  } catch (error) {
    if (!(error instanceof Error) || error.name !== 'ExitPromptError') throw error;
    throw new OperationRefused('cancelled; nothing was done');
  }
}
