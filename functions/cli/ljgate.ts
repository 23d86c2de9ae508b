#!/usr/bin/env node
/** The command line. Exit codes: 0 done, 1 failed, 2 used wrongly. */
import { Command } from 'commander';
import about from '../../package.json' with { type: 'json' };
import { type ServeOptions, withServeOptions } from './options.ts';
import { serve, UsageError } from './serve.ts';

const program = new Command('ljgate')
  .description('A gateway for the LiveJournal client protocol, flat and XML-RPC.')
  .version(about.version)
  .exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : 2))
  .showHelpAfterError('(ljgate --help shows what there is)');

withServeOptions(program.command('serve').description('Serve the protocol over HTTP.'))
  .addHelpText(
    'after',
    `
Examples:
  ljgate serve --demo                            demo accounts on http://127.0.0.1:8080
  ljgate serve --port 0 --log json               a free port, JSON log lines
  ljgate serve --store dynamodb:lj@http://127.0.0.1:8000 --demo
                                                 a DynamoDB emulator
Every flag has a variable: LJGATE_STORE, LJGATE_PORT, and so on. Flags win.
`,
  )
  .action((options: ServeOptions) => serve(options));

try {
  await program.parseAsync();
} catch (error) {
  console.error(`ljgate: ${error instanceof Error ? error.message : String(error)}`);
  process.exit(error instanceof UsageError ? 2 : 1);
}
