/** Files that a command reads, as they are or compressed with gzip; `-` is standard input. */
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { UsageError } from './usage-error.ts';

/** A file that is open. */
export interface InputFile {
  /** Bytes of the file; absent where it has no end that is known. */
  readonly size?: number;
  readonly isCompressed: boolean;
  /** Its content, uncompressed. Reading throws an error that names the file where it is cut or damaged. */
  readonly chunks: AsyncIterable<Uint8Array>;
  /** Bytes of the file that were read so far. */
  bytesRead(): number;
}

/** Opens a file, and reads its first bytes. `wanted`: what to name instead, for the error. @throws {UsageError} */
export async function openInput(file: string, wanted: string): Promise<InputFile> {
  let read = 0;
  try {
    const { size, source } = await opened(file);
    const counted = (async function* () {
      for await (const chunk of source) {
        read += chunk.length;
        yield chunk;
      }
    })();
    const { head, all } = await begun(counted, 2);
    // RFC 1952.
    const isCompressed = head[0] === 0x1f && head[1] === 0x8b;
    const chunks = explained(file, isCompressed ? uncompressed(all) : all);
    return { ...(size !== undefined && { size }), isCompressed, chunks, bytesRead: () => read };
  } catch (error) {
    return refuseUnreadable(file, wanted, error);
  }
}

/** The first bytes of a stream, at least so many where it has them, and the whole stream. */
export async function begun(stream: AsyncIterable<Uint8Array>, length: number) {
  const iterator = stream[Symbol.asyncIterator]();
  let head: Uint8Array = new Uint8Array();
  while (head.length < length) {
    const next = await iterator.next();
    if (next.done) break;
    head = head.length === 0 ? next.value : Buffer.concat([head, next.value]);
  }
  const all = (async function* () {
    if (head.length > 0) yield head;
    yield* { [Symbol.asyncIterator]: () => iterator };
  })();
  return { head, all };
}

async function opened(file: string): Promise<{ size?: number; source: AsyncIterable<Uint8Array> }> {
  if (file === '-') return { source: process.stdin };
  const stats = await stat(file);
  if (stats.isDirectory()) throw new Error('it is a folder');
  const size = stats.isFile() ? { size: stats.size } : {};
  return { ...size, source: createReadStream(file, { highWaterMark: 256 * 1024 }) };
}

async function* uncompressed(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const gunzip = createGunzip();
  // Its errors come out of the iteration.
  pipeline(Readable.from(chunks), gunzip).catch(() => {});
  yield* gunzip;
}

async function* explained(file: string, chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  try {
    yield* chunks;
  } catch (error) {
    throw new Error(`${nameOf(file)} ${faultOf(error)}`, { cause: error });
  }
}

function faultOf(error: unknown): string {
  switch (codeIn(error)) {
    case 'Z_BUF_ERROR':
      return 'was cut: its gzip data has no end; copy it again, whole';
    case 'Z_DATA_ERROR':
      return 'is damaged: it is no sound gzip data; copy it again';
    default:
      return `cannot be read on (${messageOf(error)})`;
  }
}

function refuseUnreadable(file: string, wanted: string, error: unknown): never {
  const remedy =
    codeIn(error) === 'EACCES'
      ? `let this user read it: chmod u+r ${file}, or run this as its owner`
      : `name ${wanted}`;
  throw new UsageError(`${nameOf(file)} cannot be read (${messageOf(error)}); ${remedy}`);
}

function nameOf(file: string): string {
  return file === '-' ? 'standard input' : file;
}

function codeIn(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
