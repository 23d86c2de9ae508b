/** `ljgate keys …` */
import type { Command } from 'commander';
import type { Username } from '../../core/username.ts';
import { verbs } from '../../infra/operations/verbs.ts';
import { confirmed, leaf } from './command.ts';
import { atDesk, type CommonOptions } from './desk.ts';
import { accountName } from './flags.ts';
import { printable, printJson, printLine, printRows } from './print.ts';

/** Adds the commands. */
export function keyCommands(program: Command): void {
  const family = program
    .command('keys')
    .description(
      'Client keys: generated secrets that work wherever the password does, for one program each.',
    );
  leaf(family, 'add', 'Make a client key and print its secret, this once.', [
    'ljgate keys add alice laptop',
    'ljgate keys add alice "phone, 2024" --json',
  ])
    .argument('<user>', 'name of the account', accountName)
    .argument('<name>', 'what to call the key')
    .action(async (username: Username, name: string, options: CommonOptions) => {
      const key = await atDesk(options, (desk) => verbs['keys add'].run(desk, { username, name }));
      if (options.json) return printJson(key);
      printLine(`key ${key.id} (${printable(key.name)}) of ${username}`);
      printLine(`secret ${key.secret} (shown this once; use it as the password)`);
    });

  leaf(family, 'list', 'List the client keys of an account.', ['ljgate keys list alice'])
    .argument('<user>', 'name of the account', accountName)
    .action(async (username: Username, options: CommonOptions) => {
      const rows = await atDesk(options, (desk) => verbs['keys list'].run(desk, { username }));
      if (!options.json) return printRows(rows, `${username} has no client keys`);
      for (const row of rows) printJson(row);
    });

  leaf(family, 'revoke', 'Revoke a client key, by its id or its name.', [
    'ljgate keys revoke alice laptop',
    'ljgate keys revoke alice f4rtqk2n --yes',
  ])
    .argument('<user>', 'name of the account', accountName)
    .argument('<key>', 'id or name, as `keys list` shows them')
    .option('-y, --yes', 'do not ask')
    .action(async (username: Username, key: string, options: CommonOptions & { yes?: boolean }) => {
      const done = await atDesk(options, async (desk) => {
        const keys = await verbs['keys list'].run(desk, { username });
        const named = keys.some(({ id, name }) => id === key || name === key);
        if (named) await confirmed(`Revoke key ${printable(key)} of ${username}?`, options);
        return verbs['keys revoke'].run(desk, { username, key });
      });
      if (options.json) return printJson(done);
      printLine(`revoked key ${done.id} (${printable(done.name)}) of ${username}`);
    });
}
