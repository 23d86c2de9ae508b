/** `ljgate accounts …` */
import { Argument, type Command, Option } from 'commander';
import { type Status, statuses } from '../../core/accounts/account.ts';
import type { Username } from '../../core/accounts/username.ts';
import { listAccounts } from '../../infra/operations/account-operations.ts';
import { verbs } from '../../infra/operations/verbs.ts';
import type { AccountView } from '../../infra/operations/views.ts';
import { confirmed, subcommand } from './command.ts';
import { accountName, wholeNumber } from './flags.ts';
import { type CommonOptions, operate } from './operate.ts';
import { credentialCommands, type PasswordOptions, passwordOf, withPassword } from './password-commands.ts';
import { printJson, printLine, printRecord, printRows } from './print.ts';
import { fieldsIn, type ProfileOptions, profileOf, withProfile } from './profile-options.ts';

interface AddOptions extends CommonOptions, PasswordOptions, ProfileOptions {
  readonly userid?: number;
  readonly status?: Status;
  readonly challenge: boolean;
  readonly password: boolean;
}

const statusOption = () => new Option('--status <status>', statuses.join(', ')).choices(statuses);

function printAccount(account: AccountView, { json }: CommonOptions): void {
  if (json) printJson(account);
  else printRecord(account);
}

/** Adds the commands. */
export function accountCommands(program: Command): void {
  const family = program.command('accounts').description('Add, show, change and remove accounts.');
  addCommand(family);
  lookCommands(family);
  credentialCommands(family);
  changeCommands(family);
}

function addCommand(family: Command): void {
  const add = subcommand(family, 'add', 'Add an account; asks for its password.', [
    'npx ljgate accounts add alice --fullname "Alice Doe"',
    'npx ljgate accounts add bot --generate --json',
    'printf %s "$PASSWORD" | npx ljgate accounts add carol --password-stdin',
    'npx ljgate accounts add keysonly --no-password',
  ]).argument('<user>', 'name of the account', accountName);
  withPassword(withProfile(add))
    .option('--userid <number>', 'its userid (default: the next free number)', wholeNumber(1))
    .addOption(statusOption())
    .option('--no-challenge', 'no challenge log-in with the password; no digest of it is stored')
    .option('--no-password', 'no password: log-in with client keys only')
    .action(async (username: Username, options: AddOptions) => {
      const { userid, status, challenge } = options;
      const password = options.password ? await passwordOf(options) : {};
      const fields = { username, userid, status, challenge, ...profileOf(options), ...password };
      const json = Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
      const added = await operate(options, (operator) => verbs['accounts add'].run(operator, json), {
        mayCreate: true,
      });
      if (options.json) return printJson(added);
      printLine(`added ${added.username}, userid ${added.userid}`);
      if (added.generatedPassword) printLine(`password ${added.generatedPassword} (shown only this once)`);
    });
}

function lookCommands(family: Command): void {
  subcommand(family, 'show', 'Show an account.', [
    'npx ljgate accounts show alice',
    'npx ljgate accounts show alice --json',
  ])
    .argument('<user>', 'name of the account', accountName)
    .action(async (username: Username, options: CommonOptions) => {
      const view = await operate(options, (operator) => verbs['accounts show'].run(operator, { username }));
      printAccount(view, options);
    });

  subcommand(family, 'list', 'List accounts.', [
    'npx ljgate accounts list',
    'npx ljgate accounts list --status suspended --limit 20',
    'npx ljgate accounts list --json | jq -r .username',
  ])
    .addOption(statusOption())
    .option('--match <text>', 'only names that contain this text')
    .option('--limit <number>', 'the most accounts to list (default: 100; with --json all)', wholeNumber(1))
    .action(listAction);
}

interface ListOptions extends CommonOptions {
  readonly status?: Status;
  readonly match?: string;
  readonly limit?: number;
}

async function listAction(options: ListOptions): Promise<void> {
  const { status, match, json } = options;
  const limit = options.limit ?? (json ? undefined : 100);
  await operate(options, async (operator) => {
    const rows = [];
    const asked = limit === undefined ? undefined : limit + 1;
    for await (const row of listAccounts(operator, { status, match, limit: asked })) {
      if (!json) rows.push(row);
      else if (limit === undefined || rows.push(row) <= limit) printJson(row);
    }
    if (json) return;
    printRows(rows.slice(0, limit), 'no accounts');
    if (limit !== undefined && rows.length > limit)
      printLine(`only the first ${limit} are listed; --limit or --json lists more`);
  });
}

function changeCommands(family: Command): void {
  subcommand(
    family,
    'set-status',
    'Set the status; locked, suspended, memorial and expunged end every session.',
    ['npx ljgate accounts set-status alice suspended', 'npx ljgate accounts set-status alice active'],
  )
    .argument('<user>', 'name of the account', accountName)
    .addArgument(new Argument('<status>', 'its new status').choices(statuses))
    .action(async (username: Username, status: Status, options: CommonOptions) => {
      const input = { username, status };
      const view = await operate(options, (operator) => verbs['accounts set-status'].run(operator, input));
      if (options.json) return printJson(view);
      printLine(`${username} is ${view.status}`);
    });

  const edit = subcommand(family, 'edit', 'Change the profile; fields that are not given stay as they are.', [
    'npx ljgate accounts edit alice --fullname "Alice Roe" --message ""',
    'echo \'{"friendgroups":[{"id":1,"name":"Family"}]}\' | npx ljgate accounts edit alice --fields -',
  ]).argument('<user>', 'name of the account', accountName);
  withProfile(edit)
    .option(
      '--fields <file>',
      'file with a JSON object of fields as in an import, also friendgroups and pictures; - for standard input',
    )
    .action(async (username: Username, options: CommonOptions & ProfileOptions & { fields?: string }) => {
      const fields = { ...(await fieldsIn(options.fields)), ...profileOf(options) };
      const input = { username, fields };
      const view = await operate(options, (operator) => verbs['accounts edit'].run(operator, input));
      printAccount(view, options);
    });

  subcommand(family, 'remove', 'Remove an account with its sessions and keys.', [
    'npx ljgate accounts remove alice',
    'npx ljgate accounts remove alice --yes',
  ])
    .argument('<user>', 'name of the account', accountName)
    .option('-y, --yes', 'do not ask for confirmation')
    .action(async (username: Username, options: CommonOptions & { yes?: boolean }) => {
      const done = await operate(options, async (operator) => {
        const { userid, fullname } = await verbs['accounts show'].run(operator, { username });
        await confirmed(
          `Remove ${username} (userid ${userid}, ${JSON.stringify(fullname)}) for good?`,
          options,
        );
        return verbs['accounts remove'].run(operator, { username });
      });
      if (options.json) return printJson(done);
      printLine(`removed ${username}`);
    });
}
