/** `ljgate accounts …` */
import { readFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import { Argument, type Command, Option } from 'commander';
import { type Status, statuses } from '../../core/account.ts';
import type { Username } from '../../core/username.ts';
import { listAccounts } from '../../infra/operations/accounts.ts';
import { verbs } from '../../infra/operations/verbs.ts';
import type { AccountView } from '../../infra/operations/views.ts';
import { confirmed, leaf } from './command.ts';
import { credentialCommands, type PasswordOptions, passwordOf, withPassword } from './credentials.ts';
import { atDesk, type CommonOptions } from './desk.ts';
import { accountName, onOff, wholeNumber } from './flags.ts';
import { printJson, printLine, printRecord, printRows } from './print.ts';
import { UsageError } from './usage.ts';

interface ProfileOptions {
  readonly fullname?: string;
  readonly message?: string;
  readonly defaultpicurl?: string;
  readonly usejournals?: string;
  readonly caps?: number;
  readonly fastserver?: boolean;
}

interface AddOptions extends CommonOptions, PasswordOptions, ProfileOptions {
  readonly userid?: number;
  readonly status?: Status;
  readonly challenge: boolean;
  readonly password: boolean;
}

const statusOption = () => new Option('--status <status>', statuses.join(', ')).choices(statuses);

function withProfile(command: Command): Command {
  return command
    .option('--fullname <text>', 'the name that clients show')
    .option('--message <text>', 'text that clients show at log-in; empty for none')
    .option('--defaultpicurl <url>', 'the default picture; empty for none')
    .option('--usejournals <names>', 'journals it may post to, with commas between')
    .option('--caps <number>', 'capabilities', wholeNumber(0))
    .option('--fastserver <switch>', 'on or off', onOff);
}

function profileOf(options: ProfileOptions): Record<string, unknown> {
  const { fullname, message, defaultpicurl, usejournals, caps, fastserver } = options;
  const journals = usejournals?.split(',').map((name) => name.trim());
  const fields = { fullname, message, defaultpicurl, caps, fastserver };
  const all = { ...fields, usejournals: journals?.filter((name) => name !== '') };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
}

function printAccount(account: AccountView, { json }: CommonOptions): void {
  if (json) printJson(account);
  else printRecord(account);
}

/** Adds the commands. */
export function accountCommands(program: Command): void {
  const family = program.command('accounts').description('Make, look at, change and remove accounts.');
  addCommand(family);
  lookCommands(family);
  credentialCommands(family);
  changeCommands(family);
}

function addCommand(family: Command): void {
  const add = leaf(family, 'add', 'Add an account; its password is asked for.', [
    'ljgate accounts add alice --fullname "Alice Doe"',
    'ljgate accounts add bot --generate --json',
    'printf %s "$PASSWORD" | ljgate accounts add carol --password-stdin',
    'ljgate accounts add keysonly --no-password',
  ]).argument('<user>', 'name of the account', accountName);
  withPassword(withProfile(add))
    .option('--userid <number>', 'its number (default: the next)', wholeNumber(1))
    .addOption(statusOption())
    .option('--no-challenge', 'the password does not serve challenge log-in, which keeps no digest of it')
    .option('--no-password', 'no password: only client keys let it in')
    .action(async (username: Username, options: AddOptions) => {
      const { userid, status, challenge } = options;
      const password = options.password ? await passwordOf(options) : {};
      const given = { username, userid, status, challenge, ...profileOf(options), ...password };
      const json = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
      const added = await atDesk(options, (desk) => verbs['accounts add'].run(desk, json), {
        mayCreate: true,
      });
      if (options.json) return printJson(added);
      printLine(`added ${added.username}, userid ${added.userid}`);
      if (added.generatedPassword) printLine(`password ${added.generatedPassword} (shown this once)`);
    });
}

function lookCommands(family: Command): void {
  leaf(family, 'show', 'Show an account.', [
    'ljgate accounts show alice',
    'ljgate accounts show alice --json',
  ])
    .argument('<user>', 'name of the account', accountName)
    .action(async (username: Username, options: CommonOptions) => {
      const view = await atDesk(options, (desk) => verbs['accounts show'].run(desk, { username }));
      printAccount(view, options);
    });

  leaf(family, 'list', 'List accounts.', [
    'ljgate accounts list',
    'ljgate accounts list --status suspended --limit 20',
    'ljgate accounts list --json | jq -r .username',
  ])
    .addOption(statusOption())
    .option('--match <text>', 'names with this part')
    .option('--limit <number>', 'at most so many (default: 100, and with --json all)', wholeNumber(1))
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
  await atDesk(options, async (desk) => {
    const rows = [];
    const asked = limit === undefined ? undefined : limit + 1;
    for await (const row of listAccounts(desk, { status, match, limit: asked })) {
      if (!json) rows.push(row);
      else if (limit === undefined || rows.push(row) <= limit) printJson(row);
    }
    if (json) return;
    printRows(rows.slice(0, limit), 'no accounts');
    if (limit !== undefined && rows.length > limit)
      printLine(`the first ${limit}; --limit or --json for more`);
  });
}

function changeCommands(family: Command): void {
  leaf(family, 'set-status', 'Set the status; locked, suspended, memorial and expunged end every session.', [
    'ljgate accounts set-status alice suspended',
    'ljgate accounts set-status alice active',
  ])
    .argument('<user>', 'name of the account', accountName)
    .addArgument(new Argument('<status>', 'its new status').choices(statuses))
    .action(async (username: Username, status: Status, options: CommonOptions) => {
      const input = { username, status };
      const view = await atDesk(options, (desk) => verbs['accounts set-status'].run(desk, input));
      if (options.json) return printJson(view);
      printLine(`${username} is ${view.status}`);
    });

  const edit = leaf(family, 'edit', 'Change the profile; what is not named stays as it is.', [
    'ljgate accounts edit alice --fullname "Alice Roe" --message ""',
    'echo \'{"friendgroups":[{"id":1,"name":"Family"}]}\' | ljgate accounts edit alice --fields -',
  ]).argument('<user>', 'name of the account', accountName);
  withProfile(edit)
    .option(
      '--fields <file>',
      'JSON object of fields as in an import, for friendgroups and pictures; - for stdin',
    )
    .action(async (username: Username, options: CommonOptions & ProfileOptions & { fields?: string }) => {
      const fields = { ...(await fieldsIn(options.fields)), ...profileOf(options) };
      const input = { username, fields };
      const view = await atDesk(options, (desk) => verbs['accounts edit'].run(desk, input));
      printAccount(view, options);
    });

  leaf(family, 'remove', 'Remove an account with its sessions and keys.', [
    'ljgate accounts remove alice',
    'ljgate accounts remove alice --yes',
  ])
    .argument('<user>', 'name of the account', accountName)
    .option('-y, --yes', 'do not ask')
    .action(async (username: Username, options: CommonOptions & { yes?: boolean }) => {
      const done = await atDesk(options, async (desk) => {
        const { userid, fullname } = await verbs['accounts show'].run(desk, { username });
        await confirmed(
          `Remove ${username} (userid ${userid}, ${JSON.stringify(fullname)}) for good?`,
          options,
        );
        return verbs['accounts remove'].run(desk, { username });
      });
      if (options.json) return printJson(done);
      printLine(`removed ${username}`);
    });
}

async function fieldsIn(file: string | undefined): Promise<object> {
  if (file === undefined) return {};
  const json = await (file === '-' ? text(process.stdin) : readFile(file, 'utf8')).catch((cause: Error) => {
    throw new UsageError(`--fields: ${file} cannot be read (${cause.message})`);
  });
  try {
    const fields: unknown = JSON.parse(json);
    if (typeof fields === 'object' && fields !== null && !Array.isArray(fields)) return fields;
  } catch {
    // Said below, without the text, which may hold a secret.
  }
  throw new UsageError(`--fields: ${file} is not a JSON object`);
}
