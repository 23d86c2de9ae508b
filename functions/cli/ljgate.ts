#!/usr/bin/env node
/** The command line. Exit codes: 0 done, 1 failed, 2 used wrongly. */
import { Command } from 'commander';
import { WrongInput } from '../../infra/operations/verb-definition.ts';
import about from '../../package.json' with { type: 'json' };
import { accountCommands } from './account-commands.ts';
import { backupCommands } from './backup-commands.ts';
import { banCommands } from './ban-commands.ts';
import { misspelt } from './check-variables.ts';
import { completionCommand } from './completion.ts';
import { transferCommands } from './import-commands.ts';
import { keyCommands } from './key-commands.ts';
import { endWithReader, printable } from './print.ts';
import { secretCommands } from './secret-commands.ts';
import { sessionCommands } from './session-commands.ts';
import { type ServeOptions, withSettings } from './setting-options.ts';
import { doctorCommand, tableCommands } from './table-commands.ts';
import { tokenCommands } from './token-commands.ts';
import { usageCommand } from './usage-command.ts';
import { UsageError } from './usage-error.ts';

const program = new Command('npx ljgate')
  .description('A gateway for the LiveJournal client protocol, flat and XML-RPC.')
  .version(about.version)
  .exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : 2))
  .showHelpAfterError('(npx ljgate --help lists the commands)')
  .addHelpText(
    'after',
    `
Start here:
  npx ljgate serve --demo              a server with demo accounts
  npx ljgate accounts add alice        adds an account; asks for its password
  npx ljgate serve                     a server for the accounts that you added
  npx ljgate accounts --help           the commands for accounts; every command has --help
  npx ljgate doctor                    checks the installation
Each uses the store that --store or LJGATE_STORE names, by default sqlite:data/ljgate.sqlite.
`,
  )
  .addHelpText('afterAll', '\nExit codes: 0 done, 1 failed, 2 used wrongly.\n');

withSettings(program.command('serve').description('Serve the protocol over HTTP.'), 'serve')
  .option('--check-config', 'check the settings and the files that they name, and start nothing')
  .addHelpText(
    'after',
    `
Examples:
  npx ljgate serve --demo                            demo accounts on http://127.0.0.1:8080
  npx ljgate serve --port 0 --log json               a free port, JSON log lines
  npx ljgate serve --store dynamodb:lj@http://127.0.0.1:8000 --demo
                                                 a DynamoDB emulator
Every flag has a variable: LJGATE_STORE, LJGATE_PORT, and so on. Flags win.

SIGTERM and SIGINT end it when the calls that have begun are answered; SIGHUP opens --log-file and secret again.
It ends with 0 after a signal, with 1 when it cannot start, with 2 for a wrong setting, and with 75 when the disk failed to keep what was written: start it again then,
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

/** Has usage errors point to the help of the command that they are about. */
function pointToHelp(command: Command, path: string): void {
  command.showHelpAfterError(
    `(${path} --help ${command.commands.length > 0 ? 'lists the commands' : 'shows how it is used'})`,
  );
  for (const sub of command.commands) pointToHelp(sub, `${path} ${sub.name()}`);
}
pointToHelp(program, 'npx ljgate');

/** The command that runs, as it is typed. */
let running = 'npx ljgate';

function pathOf(command: Command): string {
  return command.parent ? `${pathOf(command.parent)} ${command.name()}` : command.name();
}

program.hook('preAction', (_, action) => {
  running = pathOf(action);
  // A server goes on without its reader.
  if (action.name() !== 'serve') endWithReader();
  for (const warning of misspelt(process.env)) console.error(`ljgate: ${warning}`);
});

try {
  await program.parseAsync();
} catch (error) {
  const text = error instanceof Error ? error.message : String(error);
  // It may quote a damaged file.
  console.error(`ljgate: ${text.split('\n').map(printable).join('\n')}`);
  if (!(error instanceof UsageError || error instanceof WrongInput)) process.exit(1);
  console.error(`(${running} --help shows how it is used)`);
  process.exit(2);
}
