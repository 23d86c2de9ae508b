#!/usr/bin/env node
/** The command line. Exit codes: 0 done, 1 failed, 2 used wrongly. */
import './threads.ts';
import { Command } from 'commander';
import { WrongInput } from '../../infra/operations/verbs.ts';
import about from '../../package.json' with { type: 'json' };
import { accountCommands } from './accounts.ts';
import { completionCommand } from './completion.ts';
import { transferCommands } from './import.ts';
import { keyCommands } from './keys.ts';
import { type ServeOptions, withServeOptions } from './options.ts';
import { secretCommands } from './secrets.ts';
import { sessionCommands } from './sessions.ts';
import { doctorCommand, tableCommands } from './tables.ts';
import { UsageError } from './usage.ts';

const program = new Command('ljgate')
  .description('A gateway for the LiveJournal client protocol, flat and XML-RPC.')
  .version(about.version)
  .exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : 2))
  .showHelpAfterError('(ljgate --help shows what there is)')
  .addHelpText(
    'after',
    `
Start here:
  ljgate serve --demo              a server with demo accounts
  ljgate accounts add alice        an account; asks for its password
  ljgate serve                     a server for the accounts that there are
  ljgate accounts --help           what else can be done with accounts; so with every command
  ljgate doctor                    whether all is well
All work on the store that --store or LJGATE_STORE names, by default sqlite:data/ljgate.sqlite.
`,
  )
  .addHelpText('afterAll', '\nExit codes: 0 done, 1 failed, 2 used wrongly.\n');

withServeOptions(program.command('serve').description('Serve the protocol over HTTP.'))
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
`,
  )
  .action(async (options: ServeOptions) => (await import('./serve.ts')).serve(options));

accountCommands(program);
sessionCommands(program);
keyCommands(program);
transferCommands(program);
tableCommands(program);
secretCommands(program);
doctorCommand(program);
completionCommand(program);

try {
  await program.parseAsync();
} catch (error) {
  console.error(`ljgate: ${error instanceof Error ? error.message : String(error)}`);
  process.exit(error instanceof UsageError || error instanceof WrongInput ? 2 : 1);
}
