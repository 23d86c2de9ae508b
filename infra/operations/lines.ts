/** Lines of a stream of bytes, one in memory at a time. */

/** A line without its end. `undefined` stands for one that is longer than `longest`. */
export interface Line {
  /** From 1. */
  readonly number: number;
  readonly bytes: Uint8Array | undefined;
  /** Bytes of the stream up to and with this line. */
  readonly end: number;
}

/** An account with 1000 pictures and 5000 journals fits twice. */
const longest = 4 * 1024 * 1024;

/** Splits at line feeds; a line that is too long is dropped as it comes. */
export async function* linesOf(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Line> {
  let parts: Uint8Array[] = [];
  let length = 0;
  let number = 1;
  let end = 0;
  const take = (): Line => {
    const line = { number: number++, bytes: length > longest ? undefined : Buffer.concat(parts), end };
    parts = [];
    length = 0;
    return line;
  };
  const keep = (part: Uint8Array) => {
    length += part.length;
    if (length <= longest) parts.push(part);
    else parts = [];
  };
  for await (const chunk of chunks) {
    let at = 0;
    for (let feed = chunk.indexOf(10); feed !== -1; feed = chunk.indexOf(10, at)) {
      keep(chunk.subarray(at, feed));
      end += feed - at + 1;
      at = feed + 1;
      yield take();
    }
    keep(chunk.subarray(at));
    end += chunk.length - at;
  }
  if (length > 0) yield take();
}
