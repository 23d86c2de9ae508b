/** Lines of a stream of bytes, one in memory at a time. */

/** A line without its line feed; without `bytes` where it was longer than `longest`. */
export interface Line {
  /** From 1. */
  readonly number: number;
  readonly bytes: Uint8Array | undefined;
  /** Bytes of the stream up to and with this line. */
  readonly end: number;
}

/** Bytes: twice an account with 1000 pictures and 5000 journals. */
const longest = 4 * 1024 * 1024;

/** Splits at line feeds. Of a line that is too long nothing is held in memory. */
export async function* linesOf(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Line> {
  let parts: Uint8Array[] = [];
  let length = 0;
  let number = 1;
  let end = 0;
  const finish = (): Line => {
    const line = { number: number++, bytes: length > longest ? undefined : Buffer.concat(parts), end };
    parts = [];
    length = 0;
    return line;
  };
  const append = (part: Uint8Array) => {
    length += part.length;
    if (length <= longest) parts.push(part);
    else parts = [];
  };
  for await (const chunk of chunks) {
    let at = 0;
    for (let feed = chunk.indexOf(10); feed !== -1; feed = chunk.indexOf(10, at)) {
      append(chunk.subarray(at, feed));
      end += feed - at + 1;
      at = feed + 1;
      yield finish();
    }
    append(chunk.subarray(at));
    end += chunk.length - at;
  }
  if (length > 0) yield finish();
}
