/** `ljgate usage`: who still uses what, from the log. */
import type { Command } from 'commander';
import { linesOf } from '../../infra/operations/lines.ts';
import { collectUsage, type Usage, type UsageTotals } from '../../infra/operations/usage.ts';
import { openInput } from './input-files.ts';
import { printJson, printRows } from './print.ts';
import { showProgress } from './progress.ts';

/** Adds the command. */
export function usageCommand(program: Command): void {
  program
    .command('usage')
    .description('Show who still uses what, from logs in JSON.')
    .argument(
      '<log...>',
      'files as `serve --log json`, a function or a Worker writes them, plain or gzip; - for standard input',
    )
    .option('--json', 'print JSON, one object a line')
    .addHelpText(
      'after',
      `
A row is a client (its clientversion, else its user agent) with its way of authentication, http or https,
wire and method: how often, how often refused, and which accounts were let in. Look here before you turn
off a way that somebody still needs.

Examples:
  npx ljgate usage ljgate.log
  npx ljgate usage ljgate.log.2.gz ljgate.log.1.gz ljgate.log --json
  journalctl -u ljgate -o cat | npx ljgate usage -
`,
    )
    .action(usageAction);
}

async function usageAction(files: readonly string[], { json }: { readonly json?: boolean }): Promise<void> {
  const collector = collectUsage();
  for (const file of files) {
    const { size, chunks, bytesRead } = await openInput(file, 'a log, or - for standard input');
    const progress = showProgress(size, 'lines');
    try {
      for await (const { bytes, number } of linesOf(chunks)) {
        collector.add(bytes && Buffer.from(bytes).toString('utf8'));
        if (number % 1000 === 0) progress.update(bytesRead(), number);
      }
    } finally {
      progress.stop();
    }
  }
  const rows = collector.rows();
  if (json) for (const row of rows) printJson(row);
  else printRows(rows.map(shown), 'no request is in these logs');
  complain(collector.totals());
}

function shown({ refusals, accounts, accountsCut, someAccounts, lastSeen, ...row }: Usage) {
  const refused = Object.entries(refusals).map(([code, count]) => `${code}: ${count}`);
  return {
    ...row,
    refused: refused.join(', '),
    accounts: `${accounts}${accountsCut ? ' or more' : ''}`,
    some: someAccounts.join(', '),
    lastSeen: lastSeen ?? '',
  };
}

function complain({ lines, unreadable, cut }: UsageTotals): void {
  if (unreadable > 0) {
    console.error(`${unreadable} of ${lines} lines are no JSON; the server writes JSON with --log json`);
  }
  if (cut) console.error('there are too many clients for one table; the rest is in rows named (others)');
}
