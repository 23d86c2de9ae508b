/**
 * Imports accounts from JSON Lines: a stream of any length in flat memory. What it counts as done is on the
 * disk, and a line whose account is there already costs a read: run again after an interruption, it goes on
 * where it was.
 */
import type { Sealer } from '../../core/ports.ts';
import { batchesOf } from './import-batches.ts';
import type { RefusedLine } from './import-entry.ts';
import { createImporter, type LineOptions, type LineOutcome } from './import-lines.ts';
import type { Operator } from './operator-context.ts';

/** Lines by their outcome, and how many bytes of the stream they were. */
export interface ImportCounts extends Readonly<Record<LineOutcome['outcome'], number>> {
  readonly bytes: number;
}

/** How to import. */
export interface ImportOptions extends LineOptions {
  /** Opens the upstream keys that an export sealed. */
  readonly transferKey?: Sealer | undefined;
  /** Ends it after the lines that are under way. */
  readonly signal?: AbortSignal;
  readonly onProgress?: (counts: ImportCounts) => void;
  readonly onRefused?: (line: RefusedLine) => void;
}

/** The counts of an import that has not begun. */
export const noLines: ImportCounts = {
  added: 0,
  updated: 0,
  unchanged: 0,
  skipped: 0,
  refused: 0,
  bytes: 0,
};

/**
 * Imports a stream. One batch is hashed while the one before it is written.
 * @throws {StoreUnavailable | StoreFailed} what was counted until then is done
 */
export async function importAccounts(
  operator: Operator,
  chunks: AsyncIterable<Uint8Array>,
  options: ImportOptions,
): Promise<ImportCounts> {
  const importer = createImporter(operator, options);
  const counts: { -readonly [Name in keyof ImportCounts]: number } = { ...noLines };
  const count = (outcome: LineOutcome) => {
    counts[outcome.outcome]++;
    if (outcome.outcome === 'refused') options.onRefused?.(outcome);
  };
  const finish = async (
    lines: Promise<readonly LineOutcome[]>,
    refused: readonly RefusedLine[],
    end: number,
  ) => {
    const outcomes = await lines;
    for (const line of refused) count({ outcome: 'refused', ...line });
    outcomes.forEach(count);
    counts.bytes = end;
    options.onProgress?.({ ...counts });
  };
  let writing: Promise<void> = Promise.resolve();
  for await (const { entries, refused, end } of batchesOf(chunks, options.transferKey)) {
    const [planned] = await Promise.all([importer.plan(entries), writing]);
    writing = finish(importer.write(planned), refused, end);
    // Awaited in the next round; without a handler until then, a failure would end the process.
    writing.catch(() => {});
    if (options.signal?.aborted) break;
  }
  await writing;
  return counts;
}
