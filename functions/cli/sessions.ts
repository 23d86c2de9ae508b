/** `ljgate sessions …` */
import type { Command } from 'commander';
import type { Username } from '../../core/username.ts';
import { verbs } from '../../infra/operations/verbs.ts';
import { confirmed, leaf } from './command.ts';
import { atDesk, type CommonOptions } from './desk.ts';
import { accountName, wholeNumber } from './flags.ts';
import { printJson, printLine, printRows } from './print.ts';
import { UsageError } from './usage.ts';

interface ExpireOptions extends CommonOptions {
  readonly all?: boolean;
  readonly yes?: boolean;
}

/** Adds the commands. */
export function sessionCommands(program: Command): void {
  const family = program.command('sessions').description("List and end an account's sessions.");
  leaf(family, 'list', 'List the sessions that still count.', ['ljgate sessions list alice'])
    .argument('<user>', 'name of the account', accountName)
    .action(async (username: Username, options: CommonOptions) => {
      const rows = await atDesk(options, (desk) => verbs['sessions list'].run(desk, { username }));
      if (!options.json) return printRows(rows, `${username} has no sessions`);
      for (const row of rows) printJson(row);
    });

  leaf(family, 'expire', 'End sessions, by id or all.', [
    'ljgate sessions expire alice 91342211 91342388',
    'ljgate sessions expire alice --all --yes',
  ])
    .argument('<user>', 'name of the account', accountName)
    .argument('[id...]', 'ids, as `sessions list` shows them', (text, ids: readonly number[] = []) => [
      ...ids,
      wholeNumber(1)(text),
    ])
    .option('--all', 'every session of the account')
    .option('-y, --yes', 'do not ask')
    .action(async (username: Username, ids: readonly number[] | undefined, options: ExpireOptions) => {
      const named = ids ?? [];
      if (named.length > 0 === (options.all === true)) throw new UsageError('name the ids to end, or --all');
      const done = await atDesk(options, async (desk) => {
        if (!options.all) return verbs['sessions expire'].run(desk, { username, ids: named });
        const { length } = await verbs['sessions list'].run(desk, { username });
        await confirmed(`End all sessions of ${username} (${length})?`, options);
        return verbs['sessions expire'].run(desk, { username, all: true });
      });
      if (options.json) return printJson(done);
      printLine(`ended ${options.all ? 'every session' : named.join(', ')} of ${username}`);
    });
}
