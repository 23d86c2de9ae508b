/** `ljgate import` and `ljgate export`. */
import { once } from 'node:events';
import { setFlagsFromString } from 'node:v8';
import { type Command, Option } from 'commander';
import type { Sealer } from '../../core/ports.ts';
import { exportAccounts } from '../../infra/operations/export-accounts.ts';
import { type ImportCounts, importAccounts, noLines } from '../../infra/operations/import-accounts.ts';
import { type ConflictRule, conflictRules } from '../../infra/operations/import-lines.ts';
import type { OperatorContext } from '../../infra/operations/verb-definition.ts';
import { openTransferKey } from '../../infra/secrets/transfer-key.ts';
import { withCommon } from './command.ts';
import { openImport } from './import-source.ts';
import { type CommonOptions, operate } from './operate.ts';
import { printable, printJson, printLine } from './print.ts';
import { showProgress } from './progress.ts';
import type { RecordFlags } from './record-transfer.ts';
import { UsageError } from './usage-error.ts';

interface ImportFlags extends RecordFlags {
  readonly onConflict: ConflictRule;
  readonly dryRun?: boolean;
}

const fields = `
A line is a JSON object. Only username is required:
  {"username":"alice","userid":7,"fullname":"Alice Doe","status":"active","message":"",
   "password":"…" or "passwordMd5":"…" or "passwordBcrypt":"$2…","challenge":true,
   "friendgroups":[{"id":1,"name":"Family","sortorder":10,"public":false}],"usejournals":["news"],
   "pictures":[{"keyword":"happy","url":"https://…"}],"defaultpicurl":"https://…",
   "fastserver":false,"caps":0,"clientkeys":[{"name":"laptop","secret":"…"}],"upstreamKey":"…"}
upstreamKey is the account's own secret at the site behind; sealedUpstreamKey is one of an export.
Give userid on every line or on none: an allotted number may be one that a later line has.

After an interruption run it again: it continues, and leaves what is already imported. A bad line is
reported with its number on standard error; the others are imported, and the exit code is 1.
A line whose account is there and differs is counted as skipped; --on-conflict fail names each of them.
`;

const passphraseFile = [
  '--passphrase-file <file>',
  'with --with-verifiers: read the passphrase from this file, without a question',
] as const;

/** Adds the commands. */
export function transferCommands(program: Command): void {
  const bring = program.command('import').description('Import accounts from JSON Lines.');
  withCommon(bring, [
    'npx ljgate import accounts.jsonl --dry-run',
    'npx ljgate import accounts.jsonl --on-conflict update',
    'npx ljgate import accounts.jsonl.gz',
  ])
    .argument('<file>', 'the file, which may be gzip, or - for standard input')
    .addOption(
      new Option(
        '--on-conflict <rule>',
        'existing accounts that differ: leave them, change them or refuse the line',
      )
        .choices(conflictRules)
        .default('skip'),
    )
    .option('--dry-run', 'say what would change, and change nothing')
    .option(
      '--transfer-key <file>',
      'open the upstream keys that an export sealed under the key in this file',
    )
    .option('--with-verifiers', 'read what export --with-verifiers printed')
    .option(...passphraseFile)
    .addHelpText('after', fields)
    .action(importAction);

  const take = program.command('export').description('Print every account as JSON Lines, without secrets.');
  withCommon(take, [
    'npx ljgate export > accounts.jsonl',
    'npx ljgate export --transfer-key transfer-key.json > accounts.jsonl',
    'npx ljgate export --with-verifiers > moved.age',
  ])
    .option(
      '--transfer-key <file>',
      'print upstream keys, too, sealed under the key in this file, which is made if it is missing',
    )
    .option(
      '--with-verifiers',
      'print all that lets people in, encrypted, for another store: hashes, client keys, sessions, root secrets',
    )
    .option(...passphraseFile)
    .action(async (options: RecordFlags) => {
      if (options.withVerifiers) {
        await (await import('./record-transfer.ts')).printRecords(options);
        return;
      }
      const transferKey = await transferKeyIn(options, { create: true });
      await operate(options, (operator) => printExport(operator, transferKey));
    });
}

async function transferKeyIn({ transferKey }: RecordFlags, how: { readonly create: boolean }) {
  if (transferKey === undefined) return undefined;
  try {
    return await openTransferKey(transferKey, how);
  } catch (error) {
    throw new UsageError(`--transfer-key: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** As fast as the reader reads. Not with `pipeline`, which reports an error of the store as one of the output. */
async function printExport(operator: OperatorContext, transferKey: Sealer | undefined): Promise<void> {
  for await (const line of exportAccounts(operator, transferKey)) {
    if (!process.stdout.write(`${JSON.stringify(line)}\n`)) await once(process.stdout, 'drain');
  }
}

/**
 * V8 enlarges the space for young objects while much is allocated, as in a stream. At its first size, memory
 * stays flat and an import takes a few per cent longer.
 */
function keepYoungSpaceSmall(): void {
  setFlagsFromString('--semi-space-growth-factor=1');
}

async function importAction(file: string, options: ImportFlags): Promise<void> {
  keepYoungSpaceSmall();
  if (options.withVerifiers) {
    if (options.dryRun) throw new UsageError('--dry-run does not go with --with-verifiers');
    await (await import('./record-transfer.ts')).bringRecords(file, options, stopOnSignal());
    return;
  }
  const transferKey = await transferKeyIn(options, { create: false });
  const { size, chunks, bytesRead } = await openImport(file);
  const stopping = stopOnSignal();
  const progress = showProgress(size);
  let last = noLines;
  const work = (operator: OperatorContext) =>
    importAccounts(operator, chunks, {
      onConflict: options.onConflict,
      dryRun: options.dryRun === true,
      transferKey,
      signal: stopping,
      onRefused: ({ number, reason }) => progress.printAbove(`line ${number}: ${printable(reason)}`),
      onProgress(counts) {
        last = counts;
        progress.update(bytesRead(), sum(counts));
      },
    });
  try {
    last = await operate(options, work, {
      mayCreate: !options.dryRun,
      changesNothing: options.dryRun === true,
    });
  } catch (error) {
    progress.stop();
    if (sum(last) > 0) summarise(last, options, 'before it stopped: ');
    throw error;
  }
  progress.stop();
  summarise(last, options, options.dryRun ? 'dry run, nothing done: ' : '');
  if (stopping.aborted) throw new Error('interrupted; run it again to continue');
  if (last.refused > 0) process.exitCode = 1;
}

function sum({ bytes: _, ...lines }: ImportCounts): number {
  return Object.values(lines).reduce((total, count) => total + count, 0);
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

/** After the first signal the lines under way are finished; the second ends the process at once. */
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
