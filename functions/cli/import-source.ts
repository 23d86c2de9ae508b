/** The bytes of an import: a file or standard input, unpacked where they are gzip. */
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { UsageError } from './usage-error.ts';

/** What is imported. */
interface ImportSource {
  /** Bytes, where it is known how many will come. */
  readonly size?: number;
  readonly chunks: AsyncIterable<Uint8Array>;
}

/** Opens a file, or standard input for `-`. @throws {UsageError} that says what to do with another kind of file */
export async function openImport(file: string): Promise<ImportSource> {
  const { size, input } = await opened(file);
  const iterator = input[Symbol.asyncIterator]();
  const first = await iterator.next().catch((error: unknown) => refuseUnreadable(file, error));
  const head = first.done ? new Uint8Array() : first.value;
  const chunks = (async function* () {
    if (!first.done) yield head;
    yield* { [Symbol.asyncIterator]: () => iterator };
  })();
  if (head[0] === 0x1f && head[1] === 0x8b) return { chunks: Readable.from(chunks).pipe(createGunzip()) };
  requireLines(file, Buffer.from(head.subarray(0, 4096)).toString('utf8'));
  return { ...(size !== undefined && { size }), chunks };
}

/** Says what to do where the first bytes are no line of JSON but another common form. */
function requireLines(file: string, head: string): void {
  const start = head.replace(/^\uFEFF/, '').trimStart();
  const from = file === '-' ? '' : ` ${file}`;
  if (start.startsWith('[')) {
    throw new UsageError(
      `${file} is one JSON array; make a line of each account: jq -c '.[]'${from} | npx ljgate import -`,
    );
  }
  const [line = ''] = start.split(/\r?\n/);
  if (/^"?username"?\s*[,;\t]/i.test(line) || /^[^{]*[,;\t]\s*"?username"?\s*([,;\t]|$)/i.test(line)) {
    throw new UsageError(
      `${file} is a table (CSV); make a JSON object of each row, for example with Miller: ` +
        `mlr --icsv --ojsonl cat${from} | npx ljgate import -`,
    );
  }
}

async function opened(file: string): Promise<{ size?: number; input: AsyncIterable<Uint8Array> }> {
  if (file === '-') return { input: process.stdin };
  try {
    const stats = await stat(file);
    if (stats.isDirectory()) throw new Error('it is a folder');
    const size = stats.isFile() ? { size: stats.size } : {};
    return { ...size, input: createReadStream(file, { highWaterMark: 256 * 1024 }) };
  } catch (error) {
    return refuseUnreadable(file, error);
  }
}

function refuseUnreadable(file: string, error: unknown): never {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  const why = error instanceof Error ? error.message : String(error);
  const remedy =
    code === 'EACCES'
      ? `let this user read it: chmod u+r ${file}, or run this as its owner`
      : 'name a file of JSON Lines, or - for standard input';
  throw new UsageError(`${file} cannot be read (${why}); ${remedy}`);
}
