/** `ljgate tokens …` */
import { type Command, InvalidArgumentError } from 'commander';
import { scopes } from '../../core/auth/token.ts';
import { verbs } from '../../infra/operations/verbs.ts';
import { confirmed, subcommand } from './command.ts';
import { type CommonOptions, operate } from './operate.ts';
import { printable, printJson, printLine, printRows } from './print.ts';

interface AddOptions extends CommonOptions {
  readonly scope: readonly string[];
  readonly expires?: number;
}

/** Adds the commands. */
export function tokenCommands(program: Command): void {
  const family = program
    .command('tokens')
    .description("Tokens for a site's own code, which asks the interface for sites: /api/v1.");
  subcommand(family, 'add', 'Make a token and print it: it is shown only this once.', [
    'npx ljgate tokens add website --scope verify,sessions',
    'npx ljgate tokens add staff --scope accounts:read,accounts:write,bans --expires 2030-01-01',
  ])
    .argument('<name>', 'a name for the token: the program that uses it')
    .requiredOption('--scope <scopes>', `what it may do, with commas between: ${scopes.join(', ')}`, split)
    .option('--expires <date>', 'the day (UTC), or the time, on which it ends', seconds)
    .action(async (name: string, { scope, expires, ...options }: AddOptions) => {
      const input = { name, scopes: scope, ...(expires !== undefined && { expires }) };
      const token = await operate(options, (operator) => verbs['tokens add'].run(operator, input));
      if (options.json) return printJson(token);
      printLine(`token ${token.id} (${printable(token.name)}) for ${token.scopes.join(', ')}`);
      printLine(`${token.token} (shown only this once)`);
    });

  subcommand(family, 'list', 'List the tokens.', [
    'npx ljgate tokens list',
    'npx ljgate tokens list --json',
  ]).action(async (options: CommonOptions) => {
    const rows = await operate(options, (operator) => verbs['tokens list'].run(operator, {}));
    if (options.json) return rows.forEach(printJson);
    printRows(
      rows.map((row) => ({ ...row, scopes: row.scopes.join(', ') })),
      'there are no tokens',
    );
  });

  subcommand(family, 'revoke', 'Revoke a token, by its id or its name.', [
    'npx ljgate tokens revoke website',
    'npx ljgate tokens revoke f4rtqk2n --yes',
  ])
    .argument('<token>', 'id or name, as `tokens list` shows them')
    .option('-y, --yes', 'do not ask for confirmation')
    .action(async (token: string, options: CommonOptions & { readonly yes?: boolean }) => {
      const done = await operate(options, async (operator) => {
        await confirmed(`Revoke token ${printable(token)}?`, options);
        return verbs['tokens revoke'].run(operator, { token });
      });
      if (options.json) return printJson(done);
      printLine(`revoked token ${done.id} (${printable(done.name)})`);
    });
}

function split(text: string): readonly string[] {
  return text.split(',').map((scope) => scope.trim());
}

/** Unix seconds of a day or a time in ISO 8601. */
function seconds(text: string): number {
  const time = /^\d{4}-\d\d-\d\d/.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(time)) throw new InvalidArgumentError('It wants a date like 2030-01-01.');
  return Math.floor(time / 1000);
}
