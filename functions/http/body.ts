/** Reads a request's body within a limit, and refuses a larger one before it is read whole. */

/** The largest body that any door accepts, in bytes. @see PROTOCOL §8 */
export const bodyLimit = 256 * 1024;

/** Why there is no body. */
export type NoBody = 'too large' | 'broken off';

/**
 * The body, or why there is none. An announced length is refused unread; a chunked body is given up at the
 * first byte too many.
 */
export async function readBody(request: Request, limit: number): Promise<Uint8Array | NoBody> {
  try {
    return await read(request, limit);
  } catch {
    return 'broken off';
  }
}

async function read(request: Request, limit: number): Promise<Uint8Array | NoBody> {
  const announced = request.headers.get('content-length');
  if (announced !== null && !request.headers.has('transfer-encoding')) {
    if (Number(announced) > limit) return 'too large';
    const body = new Uint8Array(await request.arrayBuffer());
    return body.length > limit ? 'too large' : body;
  }
  if (!request.body) return new Uint8Array();
  return readStream(request.body, limit);
}

async function readStream(
  stream: ReadableStream<Uint8Array>,
  limit: number,
): Promise<Uint8Array | 'too large'> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of stream) {
    length += chunk.length;
    if (length > limit) return 'too large';
    chunks.push(chunk);
  }
  const body = new Uint8Array(length);
  let at = 0;
  for (const chunk of chunks) {
    body.set(chunk, at);
    at += chunk.length;
  }
  return body;
}
