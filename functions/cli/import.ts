/** `ljgate import` and `ljgate export`. */
import { once } from 'node:events';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { setFlagsFromString } from 'node:v8';
import { type Command, Option } from 'commander';
import { exportAccounts } from '../../infra/operations/export.ts';
import {
  type ConflictRule,
  conflictRules,
  type ImportCounts,
  importAccounts,
} from '../../infra/operations/import.ts';
import type { Desk } from '../../infra/operations/verbs.ts';
import { withCommon } from './command.ts';
import { atDesk, type CommonOptions } from './desk.ts';
import { printable, printJson, printLine } from './print.ts';
import { showProgress } from './progress.ts';
import { UsageError } from './usage.ts';

interface ImportFlags extends CommonOptions {
  readonly onConflict: ConflictRule;
  readonly dryRun?: boolean;
}

const fields = `
A line is a JSON object. Only username is required:
  {"username":"alice","userid":7,"fullname":"Alice Doe","status":"active","message":"",
   "password":"…" or "passwordMd5":"…" or "passwordBcrypt":"$2…","challenge":true,
   "friendgroups":[{"id":1,"name":"Family","sortorder":10,"public":false}],"usejournals":["news"],
   "pictures":[{"keyword":"happy","url":"https://…"}],"defaultpicurl":"https://…",
   "fastserver":false,"caps":0,"clientkeys":[{"name":"laptop","secret":"…"}]}
Give userid on every line or on none: those that are allotted cannot know what comes later.

Run again after an interruption it goes on, and changes nothing that is so already. A bad line is
named on standard error and does not stop the rest; then the exit code is 1.
`;

/** Adds the commands. */
export function transferCommands(program: Command): void {
  const bring = program.command('import').description('Bring accounts in from JSON Lines.');
  withCommon(bring, [
    'ljgate import accounts.jsonl --dry-run',
    'ljgate import accounts.jsonl --on-conflict update',
    'zcat accounts.jsonl.gz | ljgate import -',
  ])
    .argument('<file>', 'the file, or - for standard input')
    .addOption(
      new Option('--on-conflict <rule>', 'accounts that are there and differ: leave, change or refuse them')
        .choices(conflictRules)
        .default('skip'),
    )
    .option('--dry-run', 'say what would be done, and do nothing')
    .addHelpText('after', fields)
    .action(importAction);

  const take = program.command('export').description('Print every account as JSON Lines, without secrets.');
  withCommon(take, ['ljgate export > accounts.jsonl']).action(async (options: CommonOptions) => {
    await atDesk(options, printExport);
  });
}

/** As fast as its reader reads. No `pipeline`: it would blame standard output for a store that fails. */
async function printExport(desk: Desk): Promise<void> {
  for await (const line of exportAccounts(desk)) {
    if (!process.stdout.write(`${JSON.stringify(line)}\n`)) await once(process.stdout, 'drain');
  }
}

/**
 * V8 lets the space for young objects grow to what one busy second needs, and a stream is always
 * busy: kept as it is, memory stays flat at the price of a few per cent of speed.
 */
function keepYoungSpaceSmall(): void {
  setFlagsFromString('--semi-space-growth-factor=1');
}

async function importAction(file: string, options: ImportFlags): Promise<void> {
  keepYoungSpaceSmall();
  const { size, chunks } = await opened(file);
  const stopping = stopOnSignal();
  const progress = showProgress(size);
  let last: ImportCounts = { added: 0, updated: 0, unchanged: 0, refused: 0, bytes: 0 };
  const work = (desk: Desk) =>
    importAccounts(desk, chunks, {
      onConflict: options.onConflict,
      dryRun: options.dryRun === true,
      signal: stopping,
      onRefused: ({ number, reason }) => progress.say(`line ${number}: ${printable(reason)}`),
      onProgress(counts) {
        last = counts;
        progress.update(counts.bytes, sum(counts));
      },
    });
  try {
    last = await atDesk(options, work, { mayCreate: options.dryRun !== true });
  } catch (error) {
    progress.stop();
    if (sum(last) > 0) summarise(last, options, 'until then ');
    throw error;
  }
  progress.stop();
  summarise(last, options, options.dryRun ? 'dry run, nothing done: ' : '');
  if (stopping.aborted) throw new Error('interrupted; run it again and it goes on from there');
  if (last.refused > 0) process.exitCode = 1;
}

function sum({ added, updated, unchanged, refused }: ImportCounts): number {
  return added + updated + unchanged + refused;
}

function summarise({ bytes: _, ...counts }: ImportCounts, { json }: CommonOptions, prefix: string): void {
  if (json) {
    printJson(counts);
    return;
  }
  printLine(
    prefix +
      Object.entries(counts)
        .map(([name, count]) => `${name} ${count}`)
        .join(', '),
  );
}

async function opened(file: string): Promise<{ size?: number; chunks: AsyncIterable<Uint8Array> }> {
  if (file === '-') return { chunks: process.stdin };
  try {
    const stats = await stat(file);
    if (stats.isDirectory()) throw new Error('it is a folder');
    const size = stats.isFile() ? { size: stats.size } : {};
    return { ...size, chunks: createReadStream(file, { highWaterMark: 256 * 1024 }) };
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new UsageError(
      `${file} cannot be read (${why}); name a file of JSON Lines, or - for standard input`,
    );
  }
}

/** The first signal lets the lines under way be finished, the second ends it at once. */
function stopOnSignal(): AbortSignal {
  const controller = new AbortController();
  const stop = () => {
    if (controller.signal.aborted) process.exit(1);
    controller.abort();
  };
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
  return controller.signal;
}
