/** Files that a command reads, as they are or compressed with gzip; `-` is standard input. */
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { UsageError } from './usage-error.ts';

/** A file that is open. */
export interface InputFile {
  /** Bytes of the file; absent where it has no end that is known. */
  readonly size?: number;
  /** Its content, uncompressed. */
  readonly chunks: AsyncIterable<Uint8Array>;
  /** Bytes of the file that were read so far. */
  bytesRead(): number;
}

/** Opens a file. `wanted`: what to name instead, for the error. @throws {UsageError} */
export async function openInput(file: string, wanted: string): Promise<InputFile> {
  let read = 0;
  const counted = async function* (source: AsyncIterable<Uint8Array>) {
    for await (const chunk of source) {
      read += chunk.length;
      yield chunk;
    }
  };
  const bytesRead = () => read;
  if (file === '-') return { chunks: uncompressed(counted(process.stdin)), bytesRead };
  try {
    const stats = await stat(file);
    if (stats.isDirectory()) throw new Error('it is a folder');
    const stream = createReadStream(file, { highWaterMark: 256 * 1024 });
    const size = stats.isFile() ? { size: stats.size } : {};
    return { ...size, chunks: uncompressed(counted(stream)), bytesRead };
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new UsageError(`${file} cannot be read (${why}); name ${wanted}`);
  }
}

/** What a stream has, also where it begins as gzip does (RFC 1952). */
async function* uncompressed(chunks: AsyncGenerator<Uint8Array>): AsyncGenerator<Uint8Array> {
  const first = await chunks.next();
  if (first.done) return;
  const rest = async function* () {
    yield first.value;
    yield* chunks;
  };
  if (first.value[0] !== 0x1f || first.value[1] !== 0x8b) yield* rest();
  else yield* Readable.from(rest()).compose(createGunzip());
}
