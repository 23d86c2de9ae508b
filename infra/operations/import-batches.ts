/** The lines of an import, gathered into batches that are read, hashed and written together. */
import type { Username } from '../../core/accounts/username.ts';
import type { Sealer } from '../../core/ports.ts';
import { type Entry, type RefusedLine, readEntry } from './import-entry.ts';
import { linesOf } from './lines.ts';

/** The most in one batch. */
const mostEntries = 100;
const mostBytes = 1024 * 1024;

/** Some lines; `end` is where in the stream the last of them ends, in bytes. */
export interface Batch {
  readonly entries: readonly Entry[];
  readonly refused: readonly RefusedLine[];
  readonly end: number;
}

/** A name that comes twice begins a new batch: the second line is held against the first. */
export async function* batchesOf(
  chunks: AsyncIterable<Uint8Array>,
  transferKey?: Sealer,
): AsyncGenerator<Batch> {
  let entries: Entry[] = [];
  let refused: RefusedLine[] = [];
  let names = new Set<Username>();
  let start = 0;
  let end = 0;
  const take = (): Batch => {
    const batch = { entries, refused, end };
    [entries, refused, names, start] = [[], [], new Set(), end];
    return batch;
  };
  for await (const line of linesOf(chunks)) {
    const read = await readEntry(line, transferKey);
    if (read && 'line' in read) {
      if (names.has(read.line.username)) yield take();
      names.add(read.line.username);
      entries.push(read);
    } else if (read) {
      refused.push(read);
    }
    end = line.end;
    if (entries.length + refused.length >= mostEntries || end - start >= mostBytes) yield take();
  }
  yield take();
}
