#!/usr/bin/env node
/** The command line. Exit codes: 0 done, 1 failed, 2 used wrongly. */
import { Command } from 'commander';
import { WrongInput } from '../../infra/operations/verb-definition.ts';
import about from '../../package.json' with { type: 'json' };
import { accountCommands } from './account-commands.ts';
import { backupCommands } from './backup-commands.ts';
import { banCommands } from './ban-commands.ts';
import { completionCommand } from './completion.ts';
import { transferCommands } from './import-commands.ts';
import { keyCommands } from './key-commands.ts';
import { secretCommands } from './secret-commands.ts';
import { sessionCommands } from './session-commands.ts';
import { type ServeOptions, withSettings } from './setting-options.ts';
import { doctorCommand, tableCommands } from './table-commands.ts';
import { tokenCommands } from './token-commands.ts';
import { usageCommand } from './usage-command.ts';
import { UsageError } from './usage-error.ts';

const program = new Command('ljgate')
  .description('A gateway for the LiveJournal client protocol, flat and XML-RPC.')
  .version(about.version)
  .exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : 2))
  .showHelpAfterError('(ljgate --help lists the commands)')
  .addHelpText(
    'after',
    `
Start here:
  ljgate serve --demo              a server with demo accounts
  ljgate accounts add alice        adds an account; asks for its password
  ljgate serve                     a server for the accounts that you added
  ljgate accounts --help           the commands for accounts; every command has --help
  ljgate doctor                    checks the installation
Each uses the store that --store or LJGATE_STORE names, by default sqlite:data/ljgate.sqlite.
`,
  )
  .addHelpText('afterAll', '\nExit codes: 0 done, 1 failed, 2 used wrongly.\n');

withSettings(program.command('serve').description('Serve the protocol over HTTP.'), 'serve')
  .addHelpText(
    'after',
    `
Examples:
  ljgate serve --demo                            demo accounts on http://127.0.0.1:8080
  ljgate serve --port 0 --log json               a free port, JSON log lines
  ljgate serve --workers auto                    a process for each core, on one store
  ljgate serve --store dynamodb:lj@http://127.0.0.1:8000 --demo
                                                 a DynamoDB emulator
Every flag has a variable: LJGATE_STORE, LJGATE_PORT, and so on. Flags win.

It ends with 0 after a signal, and with 75 when the disk failed to keep what was written: start it again then,
as a service manager does (systemd: Restart=on-failure).
`,
  )
  .action(async (options: ServeOptions) => (await import('./serve.ts')).serve(options));

accountCommands(program);
sessionCommands(program);
keyCommands(program);
banCommands(program);
tokenCommands(program);
transferCommands(program);
backupCommands(program);
tableCommands(program);
secretCommands(program);
doctorCommand(program);
usageCommand(program);
completionCommand(program);

try {
  await program.parseAsync();
} catch (error) {
  console.error(`ljgate: ${error instanceof Error ? error.message : String(error)}`);
  process.exit(error instanceof UsageError || error instanceof WrongInput ? 2 : 1);
}
