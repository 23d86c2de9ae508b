/** `ljgate sessions …` */
import type { Command } from 'commander';
import type { Username } from '../../core/accounts/username.ts';
import { sessionIdOf } from '../../core/sessions/session-string.ts';
import { eachSession } from '../../infra/operations/session-operations.ts';
import { verbs } from '../../infra/operations/verbs.ts';
import type { SessionRow } from '../../infra/operations/views.ts';
import { confirmed, subcommand } from './command.ts';
import { accountName, wholeNumber } from './flags.ts';
import { type CommonOptions, operate } from './operate.ts';
import { printJson, printLine, printRows } from './print.ts';
import { UsageError } from './usage-error.ts';

interface ExpireOptions extends CommonOptions {
  readonly all?: boolean;
  readonly yes?: boolean;
}

interface ListOptions extends CommonOptions {
  readonly limit?: number;
  readonly after?: number;
}

/** As JSON they are printed as they are read: nobody knows how many there are. */
async function listAction(username: Username, options: ListOptions): Promise<void> {
  const { json } = options;
  const after = options.after === undefined ? undefined : sessionIdOf(options.after);
  const limit = options.limit ?? (json ? Number.POSITIVE_INFINITY : 100);
  await operate(options, async (operator) => {
    const rows: SessionRow[] = [];
    let count = 0;
    for await (const row of eachSession(operator, username, after)) {
      if (++count > limit) break;
      if (json) printJson(row);
      else rows.push(row);
    }
    if (json) return;
    printRows(rows, `${username} has no ${after === undefined ? '' : 'more '}sessions`);
    if (count > limit) printLine(`there are more; --after ${rows.at(-1)?.id} lists them`);
  });
}

/** Adds the commands. */
export function sessionCommands(program: Command): void {
  const family = program.command('sessions').description("List and end an account's sessions.");
  subcommand(family, 'list', 'List the valid sessions.', [
    'npx ljgate sessions list alice',
    'npx ljgate sessions list alice --limit 20 --after 91342211',
    'npx ljgate sessions list alice --json',
  ])
    .argument('<user>', 'name of the account', accountName)
    .option('--limit <number>', 'how many at most (default: 100; with --json all)', wholeNumber(1))
    .option('--after <id>', 'the last id of the list before', wholeNumber(1))
    .action(listAction);

  subcommand(family, 'expire', 'End sessions, by id or all.', [
    'npx ljgate sessions expire alice 91342211 91342388',
    'npx ljgate sessions expire alice --all --yes',
  ])
    .argument('<user>', 'name of the account', accountName)
    .argument('[id...]', 'ids, as `sessions list` shows them', (text, ids: readonly number[] = []) => [
      ...ids,
      wholeNumber(1)(text),
    ])
    .option('--all', 'every session of the account')
    .option('-y, --yes', 'do not ask for confirmation')
    .action(async (username: Username, ids: readonly number[] | undefined, options: ExpireOptions) => {
      const named = ids ?? [];
      if (named.length > 0 === (options.all === true)) throw new UsageError('give the ids to end, or --all');
      const done = await operate(options, async (operator) => {
        if (!options.all) return verbs['sessions expire'].run(operator, { username, ids: named });
        await verbs['accounts show'].run(operator, { username });
        await confirmed(`End all sessions of ${username}?`, options);
        return verbs['sessions expire'].run(operator, { username, all: true });
      });
      if (options.json) return printJson(done);
      printLine(`ended ${options.all ? 'every session' : named.join(', ')} of ${username}`);
    });
}
