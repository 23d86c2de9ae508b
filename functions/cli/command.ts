/** A command of the operator: its common flags, its examples, and how it asks before it destroys. */
import type { Command } from 'commander';
import { OperationRefused } from '../../infra/operations/operator-context.ts';
import { sure } from './prompt.ts';
import { withSettings } from './setting-options.ts';

/** Adds a command with the flags that all of them have. */
export function withCommon(command: Command, examples: readonly string[]): Command {
  return withSettings(command, 'command')
    .option('--json', 'print JSON, one object a line')
    .addHelpText('after', () => `\nExamples:\n${examples.map((line) => `  ${line}\n`).join('')}`);
}

/** A command of a family, for example `add <user>` of `accounts`. */
export function subcommand(
  family: Command,
  usage: string,
  description: string,
  examples: readonly string[],
): Command {
  return withCommon(family.command(usage).description(description), examples);
}

/** @throws {OperationRefused} when the answer is no */
export async function confirmed(question: string, { yes }: { readonly yes?: boolean }): Promise<void> {
  if (!(await sure(question, yes))) throw new OperationRefused('nothing was done');
}
