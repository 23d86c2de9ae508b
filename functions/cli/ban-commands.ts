/** `ljgate bans …` */
import type { Command } from 'commander';
import type { Username } from '../../core/accounts/username.ts';
import { verbs } from '../../infra/operations/verbs.ts';
import { subcommand } from './command.ts';
import { accountName } from './flags.ts';
import { type BanOptions, type CommonOptions, operate } from './operate.ts';
import { printJson, printLine, printRows } from './print.ts';
import { withSettings } from './setting-options.ts';
import { UsageError } from './usage-error.ts';

interface Selected {
  readonly account?: Username;
  readonly address?: string;
}

/** Adds the commands. */
export function banCommands(program: Command): void {
  const family = program
    .command('bans')
    .description('Login bans: an account or an address with too many refused passwords.');
  const list = subcommand(family, 'list', 'List refused log-ins, and whether they are a ban.', [
    'npx ljgate bans list --account alice',
    'npx ljgate bans list --address 192.0.2.7',
    'npx ljgate bans list --account alice --address 192.0.2.7 --json',
  ]);
  selecting(withSettings(list, 'bans')).action(async (options: BanOptions & Selected) => {
    const rows = await operate(options, (operator) => verbs['bans list'].run(operator, selection(options)));
    if (!options.json) return printRows(rows, 'no refused log-ins are counted');
    for (const row of rows) printJson(row);
  });

  const lift = subcommand(family, 'lift', 'Forget refused log-ins, which ends their bans at once.', [
    'npx ljgate bans lift --account alice',
    'npx ljgate bans lift --address 192.0.2.7',
  ]);
  selecting(lift).action(async (options: CommonOptions & Selected) => {
    const done = await operate(options, (operator) => verbs['bans lift'].run(operator, selection(options)));
    if (options.json) return printJson(done);
    printLine(done.lifted === 0 ? 'there was nothing to lift' : `lifted ${done.lifted}`);
  });
}

function selecting(command: Command): Command {
  return command
    .option('--account <user>', 'name of the account', accountName)
    .option('--address <address>', 'IP address of the caller');
}

function selection({ account, address }: Selected): object {
  if (account === undefined && address === undefined) {
    throw new UsageError('name --account, --address, or both');
  }
  return { ...(account && { username: account }), ...(address !== undefined && { address }) };
}
