/** `ljgate keys …` */
import type { Command } from 'commander';
import type { Username } from '../../core/accounts/username.ts';
import { verbs } from '../../infra/operations/verbs.ts';
import { confirmed, subcommand } from './command.ts';
import { accountName } from './flags.ts';
import { type CommonOptions, operate } from './operate.ts';
import { printable, printJson, printLine, printRows } from './print.ts';

/** Adds the commands. */
export function keyCommands(program: Command): void {
  const family = program
    .command('keys')
    .description(
      'Client keys: generated secrets, one for each program, that work wherever the password does.',
    );
  subcommand(family, 'add', 'Make a client key and print its secret, which is shown only this once.', [
    'npx ljgate keys add alice laptop',
    'npx ljgate keys add alice "phone, 2024" --json',
  ])
    .argument('<user>', 'name of the account', accountName)
    .argument('<name>', 'a name for the key')
    .action(async (username: Username, name: string, options: CommonOptions) => {
      const key = await operate(options, (operator) => verbs['keys add'].run(operator, { username, name }));
      if (options.json) return printJson(key);
      printLine(`key ${key.id} (${printable(key.name)}) of ${username}`);
      printLine(`secret ${key.secret} (shown only this once; use it as the password)`);
    });

  subcommand(family, 'list', 'List the client keys of an account.', ['npx ljgate keys list alice'])
    .argument('<user>', 'name of the account', accountName)
    .action(async (username: Username, options: CommonOptions) => {
      const rows = await operate(options, (operator) => verbs['keys list'].run(operator, { username }));
      if (!options.json) return printRows(rows, `${username} has no client keys`);
      for (const row of rows) printJson(row);
    });

  subcommand(family, 'revoke', 'Revoke a client key, by its id or its name.', [
    'npx ljgate keys revoke alice laptop',
    'npx ljgate keys revoke alice f4rtqk2n --yes',
  ])
    .argument('<user>', 'name of the account', accountName)
    .argument('<key>', 'id or name, as `keys list` shows them')
    .option('-y, --yes', 'do not ask for confirmation')
    .action(async (username: Username, key: string, options: CommonOptions & { yes?: boolean }) => {
      const done = await operate(options, async (operator) => {
        const keys = await verbs['keys list'].run(operator, { username });
        const named = keys.some(({ id, name }) => id === key || name === key);
        if (named) await confirmed(`Revoke key ${printable(key)} of ${username}?`, options);
        return verbs['keys revoke'].run(operator, { username, key });
      });
      if (options.json) return printJson(done);
      printLine(`revoked key ${done.id} (${printable(done.name)}) of ${username}`);
    });
}
