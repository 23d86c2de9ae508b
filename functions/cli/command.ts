/** A command of the operator: its common flags, its examples, and how it asks before it destroys. */
import type { Command } from 'commander';
import { Refused } from '../../infra/operations/operator.ts';
import { sure } from './ask.ts';
import { secretOption, storeOption } from './flags.ts';

/** Adds a command with the flags that all of them have. */
export function withCommon(command: Command, examples: readonly string[]): Command {
  return command
    .addOption(storeOption())
    .addOption(secretOption())
    .option('--json', 'print JSON, one object a line')
    .addHelpText('after', () => `\nExamples:\n${examples.map((line) => `  ${line}\n`).join('')}`);
}

/** A command of a family, for example `add <user>` of `accounts`. */
export function leaf(
  family: Command,
  usage: string,
  description: string,
  examples: readonly string[],
): Command {
  return withCommon(family.command(usage).description(description), examples);
}

/** @throws {Refused} when the answer is no */
export async function confirmed(question: string, { yes }: { readonly yes?: boolean }): Promise<void> {
  if (!(await sure(question, yes))) throw new Refused('nothing was done');
}
