/** `export --with-verifiers` and `import --with-verifiers`: from one store to another, without anybody's password. */
import { once } from 'node:events';
import { exportRecords } from '../../infra/operations/export-records.ts';
import { importRecords } from '../../infra/operations/import-records.ts';
import { transferPassphrase } from '../../infra/secrets/transfer-key.ts';
import { askPassphrase, newPassphrase } from './backup-commands.ts';
import { openInput } from './input-files.ts';
import { type CommonOptions, operate } from './operate.ts';
import { printable, printJson, printLine } from './print.ts';
import { showProgress } from './progress.ts';
import { UsageError } from './usage-error.ts';

/** The flags of both. */
export interface RecordFlags extends CommonOptions {
  readonly withVerifiers?: boolean;
  readonly passphraseFile?: string;
  readonly transferKey?: string;
}

/** Prints the export, which is encrypted. */
export async function printRecords(options: RecordFlags): Promise<void> {
  if (process.stdout.isTTY) {
    throw new UsageError('an export with verifiers is not to be read; print it to a file: > moved.age');
  }
  const { transferKey } = options;
  const passphrase =
    transferKey === undefined
      ? await newPassphrase(options)
      : await transferPassphrase(transferKey, { create: true });
  await operate(options, async (operator) => {
    for await (const piece of exportRecords(operator, passphrase)) {
      if (!process.stdout.write(piece)) await once(process.stdout, 'drain');
    }
  });
}

/** Brings an export in; prints the counts. */
export async function bringRecords(file: string, options: RecordFlags, signal: AbortSignal): Promise<void> {
  const { transferKey } = options;
  const passphrase =
    transferKey === undefined
      ? await askPassphrase(options)
      : await transferPassphrase(transferKey, { create: false });
  const { size, chunks, bytesRead } = await openInput(
    file,
    'an export with verifiers, or - for standard input',
  );
  const progress = showProgress(size);
  const importing = {
    passphrase,
    signal,
    onRefused: ({ number, reason }: { readonly number: number; readonly reason: string }) =>
      progress.printAbove(`line ${number}: ${printable(reason)}`),
    onProgress: ({ added, unchanged, skipped }: Readonly<Record<string, number>>) =>
      progress.update(bytesRead(), (added ?? 0) + (unchanged ?? 0) + (skipped ?? 0)),
  };
  try {
    const { bytes: _, ...counts } = await operate(
      options,
      (operator) => importRecords(operator, chunks, importing),
      { mayCreate: true },
    );
    progress.stop();
    if (options.json) printJson(counts);
    else
      printLine(
        Object.entries(counts)
          .map(([name, count]) => `${name} ${count}`)
          .join(', '),
      );
    if (counts.refused > 0) process.exitCode = 1;
  } finally {
    progress.stop();
  }
  if (signal.aborted) throw new Error('interrupted; run it again to continue');
}
