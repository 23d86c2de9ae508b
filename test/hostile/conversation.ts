/** What goes to and fro on one bare socket, for requests that no HTTP client would send. */
import { once } from 'node:events';
import net from 'node:net';
import { type RawReply, readReply } from '../support/socket.ts';
import { end, pause } from './corpus.ts';

/** What came of a conversation. */
export interface Conversed {
  readonly replies: readonly RawReply[];
  /** `open`: a further request was answered as ever. `undefined`: nobody looked. */
  readonly connection: 'open' | 'closed' | undefined;
  /** Bytes that were no reply. */
  readonly rest: string;
}

/** Ms between two pieces: time for the first to be read on its own. */
const gap = 20;

const probe = Buffer.from(
  'POST /interface/flat HTTP/1.1\r\nHost: x\r\nContent-Length: 17\r\n\r\nmode=getchallenge',
);

/**
 * Sends pieces, a character a byte, and reads replies until as many have come as are `wanted`, and after
 * these, by `then`, the reply to one more request or the end of the connection. A connection that ends
 * sooner ends it, too. Rejects when that takes longer than `timeLimit` ms.
 */
export async function converse(
  url: URL,
  sent: string,
  wanted: number,
  then: 'open' | 'closed' | undefined,
  timeLimit = 60_000,
): Promise<Conversed> {
  const socket = net.connect({ port: Number(url.port), host: url.hostname, allowHalfOpen: true });
  const heard = listen(socket);
  await once(socket, 'connect');
  const timer = setTimeout(() => socket.destroy(new Error(`nothing more in ${timeLimit} ms`)), timeLimit);
  try {
    await speak(socket, sent);
    await heard.until(wanted);
    if (then === undefined) return { ...heard, rest: heard.rest(), connection: undefined };
    if (then === 'open' && socket.writable) {
      socket.write(probe);
      await heard.until(wanted + 1);
      const alive = heard.replies.length === wanted + 1 && heard.replies.pop()?.text.includes('challenge\n');
      if (alive) return { ...heard, rest: heard.rest(), connection: 'open' };
    }
    await heard.until(Number.POSITIVE_INFINITY);
    return { ...heard, rest: heard.rest(), connection: 'closed' };
  } finally {
    clearTimeout(timer);
    socket.destroy();
  }
}

async function speak(socket: net.Socket, sent: string): Promise<void> {
  for (const [i, piece] of sent.split(pause).entries()) {
    if (i > 0) await new Promise((resolve) => setTimeout(resolve, gap));
    const [said = '', more] = piece.split(end);
    socket.write(Buffer.from(said, 'latin1'));
    if (more !== undefined) socket.end();
  }
}

/** Gathers replies. The other end may close, or reset, what it has answered for good: that is an end. */
function listen(socket: net.Socket) {
  const replies: RawReply[] = [];
  let bytes = Buffer.alloc(0);
  let ended = false;
  let failure: Error | undefined;
  let wake = (): void => {};
  const read = (): void => {
    for (let next = readReply(bytes, ended); next; next = readReply(bytes, ended)) {
      replies.push(next.reply);
      bytes = bytes.subarray(next.length);
    }
    wake();
  };
  const finish = (): void => {
    ended = true;
    read();
  };
  socket.on('data', (chunk: Buffer) => {
    bytes = Buffer.concat([bytes, chunk]);
    read();
  });
  socket.on('end', finish).on('close', finish);
  socket.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'ECONNRESET' && error.code !== 'EPIPE') failure = error;
    finish();
  });
  return {
    replies,
    rest: () => bytes.toString('latin1'),
    async until(count: number): Promise<void> {
      while (!ended && replies.length < count) {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
      if (failure) throw failure;
    },
  };
}
