/** `ljgate backup` and `ljgate restore`. */
import { accessSync, constants as fileModes } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { constants, tmpdir } from 'node:os';
import { dirname } from 'node:path';
import type { Command } from 'commander';
import type { BackupReport, Installation } from '../../infra/operations/backup.ts';
import type { Opening } from '../../infra/operations/open-backup.ts';
import type { Passphrase } from '../../infra/secrets/passphrase.ts';
import { withCommon } from './command.ts';
import { requireFolder } from './data-files.ts';
import type { CommonOptions } from './operate.ts';
import { printJson, printLine } from './print.ts';
import { askSecret, newSecret } from './prompt.ts';
import { secretLocation } from './secret-location.ts';
import { UsageError } from './usage-error.ts';

interface PassphraseFlags {
  readonly passphraseFile?: string;
}

interface RestoreFlags extends CommonOptions, PassphraseFlags {}

interface BackupFlags extends RestoreFlags {
  readonly encrypt?: boolean;
  readonly verify?: boolean;
}

const fromFile = [
  '--passphrase-file <file>',
  'read the passphrase from this file, without a question',
] as const;

/** Adds the commands. */
export function backupCommands(program: Command): void {
  withCommon(
    program.command('backup').description('Copy a SQLite store and its secret, while it is served.'),
    [
      'npx ljgate backup /mnt/backups/monday.sqlite',
      'npx ljgate backup /mnt/backups/monday.age --encrypt',
      'npx ljgate backup /mnt/backups/monday.age --verify',
    ],
  )
    .argument('<file>', 'the new file; with --verify, the one to read')
    .option('--encrypt', 'encrypt it to a passphrase, with the secret in it')
    .option(...fromFile)
    .option('--verify', 'read a backup as a restore would, and change nothing')
    .action(backupAction);
  withCommon(program.command('restore').description('Make a SQLite store and its secret of a backup.'), [
    'npx ljgate restore /mnt/backups/monday.age',
    'npx ljgate restore /mnt/backups/monday.sqlite --store sqlite:/var/lib/ljgate/ljgate.sqlite',
  ])
    .argument('<file>', 'the backup')
    .option(...fromFile)
    .action(async (file: string, options: RestoreFlags) => {
      requireFolder(options.store);
      const { restoreBackup } = await import('../../infra/operations/backup.ts');
      exitOnSignals();
      const report = await restoreBackup(installationOf(options), file, openingOf(options));
      print(report, options, 'restored');
    });
}

async function backupAction(file: string, options: BackupFlags): Promise<void> {
  const { makeBackup, verifyBackup } = await import('../../infra/operations/backup.ts');
  exitOnSignals();
  if (options.verify) {
    print(await verifyBackup(file, openingOf(options), privatePlace(options)), options, 'sound');
    return;
  }
  const encrypts = options.encrypt || options.passphraseFile !== undefined;
  const passphrase = encrypts ? await newPassphrase(options) : undefined;
  print(await makeBackup(installationOf(options), file, { made: Date.now(), passphrase }), options, 'made');
}

/** A signal ends the process by `exit`, where what was being written is removed. */
function exitOnSignals(): void {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.once(signal, () => process.exit(128 + constants.signals[signal]));
  }
}

/** Whoever names a passphrase expects a backup that was encrypted to it. */
function openingOf(options: BackupFlags): Opening {
  return {
    passphrase: () => askPassphrase(options),
    mustBeEncrypted: options.passphraseFile !== undefined || options.encrypt === true,
  };
}

/** Where a backup may be decrypted for a while: beside the database, or where this machine keeps drafts. */
function privatePlace({ store }: CommonOptions): string {
  if (store.kind !== 'sqlite') return tmpdir();
  const folder = dirname(store.path);
  try {
    accessSync(folder, fileModes.W_OK);
    return folder;
  } catch {
    return tmpdir();
  }
}

function installationOf({ store, secret }: CommonOptions): Installation {
  if (store.kind !== 'sqlite') {
    throw new UsageError(
      '--store: only SQLite is copied to a file; for other stores see infra/guides/backup.md',
    );
  }
  const location = secretLocation(secret, store);
  return { path: store.path, secretPath: location?.kind === 'file' ? location.path : undefined };
}

/** A new passphrase: from a file, or asked for twice. */
export async function newPassphrase({ passphraseFile }: PassphraseFlags): Promise<Passphrase> {
  if (passphraseFile !== undefined) return passphraseIn(passphraseFile);
  const otherwise = '--passphrase-file FILE';
  const question = { name: 'passphrase', flag: '--passphrase-file', otherwise };
  return { kind: 'chosen', text: await newSecret(question, false) };
}

/** The passphrase of something encrypted: from a file, or asked for. */
export async function askPassphrase({ passphraseFile }: PassphraseFlags): Promise<Passphrase> {
  if (passphraseFile !== undefined) return passphraseIn(passphraseFile);
  const question = { name: 'passphrase', flag: '--passphrase-file', otherwise: '--passphrase-file FILE' };
  return { kind: 'chosen', text: await askSecret(question) };
}

/** The first line of a file. */
async function passphraseIn(file: string): Promise<Passphrase> {
  const text = await readFile(file, 'utf8').catch((error: Error) => {
    throw new UsageError(`--passphrase-file: ${error.message}`);
  });
  const [line = ''] = text.split(/\r?\n/);
  if (line === '') throw new UsageError(`--passphrase-file: the first line of ${file} is empty`);
  return { kind: 'chosen', text: line };
}

function print(report: BackupReport, { json }: CommonOptions, what: 'made' | 'sound' | 'restored'): void {
  const made = new Date(report.made).toISOString();
  if (json) {
    printJson({ ...report, made });
    return;
  }
  const { file, accounts, sessions } = report;
  printLine(`${what}: ${file}, with ${accounts} accounts and ${sessions} sessions as of ${made}`);
  printLine(secretLine(report));
}

function secretLine({ file, secret }: BackupReport): string {
  switch (secret) {
    case 'inside':
      return 'the root secret is in it';
    case 'beside':
      return `the root secret is in ${file}.secret.json; without it nobody can log in`;
    case 'elsewhere':
      return 'the root secret is not in it: a restore needs the one that --secret names';
  }
}
