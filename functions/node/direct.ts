/**
 * The short way to a door: a POST to one of its paths with a known length, as nearly all calls come,
 * is answered without the Web objects around a request and a reply, which on Node cost more than the
 * call itself. Everything else is the app's to answer, and both ways meet in `passThrough`.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Door } from '../adapters/door.ts';
import type { AppOptions } from '../http/app.ts';
import { bodyLimit } from '../http/body.ts';
import { CallContext, Caller, isAscii, passThrough, replyHeaders } from '../http/doorway.ts';
import { doorsByPath } from '../http/paths.ts';
import { cohorts, type JoinCohort } from './cohort.ts';
import { headerOf } from './header.ts';

/** What the short way needs of the app's options. */
export interface DirectOptions extends Pick<AppOptions, 'doors' | 'log' | 'logError'> {
  addressOf(incoming: IncomingMessage): string | undefined;
  requestId(): string;
}

/** Takes a request if it can go the short way; `false` leaves it untouched. */
export type DirectDoors = (incoming: IncomingMessage, outgoing: ServerResponse) => boolean;

/** Opens the short way to these doors. */
export function directDoors(options: DirectOptions): DirectDoors {
  const doors = doorsByPath(options.doors);
  const join = cohorts();
  return (incoming, outgoing) => {
    const door = isPlainPost(incoming) && doors.get(incoming.url ?? '');
    if (!door) return false;
    answer(door, incoming, outgoing, options, join).catch((error: unknown) => {
      options.logError(error);
      outgoing.destroy();
    });
    return true;
  };
}

function isPlainPost({ method, headers }: IncomingMessage): boolean {
  const length = headers['content-length'];
  const plain = length !== undefined && headers['transfer-encoding'] === undefined;
  return method === 'POST' && plain && Number(length) <= bodyLimit;
}

async function answer(
  door: Door,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  options: DirectOptions,
  join: JoinCohort,
): Promise<void> {
  const started = performance.now();
  const caller = new Caller(() => options.addressOf(incoming));
  const context = new CallContext(caller, (name) => headerOf(incoming, name));
  const body = await readWhole(incoming);
  // The client hung up in the middle of its request: nobody is there to answer, nothing is amiss.
  if (!body) return;
  await join();
  const contentType = headerOf(incoming, 'content-type');
  const arrival = { body, contentType, context, request: options.requestId(), started };
  const departure = await passThrough(door, arrival, options.log);
  const bytes = byteString(departure.body);
  outgoing.writeHead(departure.status, replyHeaders(departure.contentType, bytes.length));
  outgoing.end(bytes, 'latin1');
}

/**
 * UTF-8, one character a byte: Node puts headers and a text together in one write, and what is beyond ASCII
 * is encoded once, where it would be for its length and again to be sent.
 */
function byteString(text: string): string {
  return isAscii(text) ? text : Buffer.from(text).toString('latin1');
}

/** Node's parser gives no more bytes than were announced. */
function readWhole(incoming: IncomingMessage): Promise<Uint8Array | undefined> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
    incoming.on('end', () => resolve(chunks.length === 1 ? chunks[0] : Buffer.concat(chunks)));
    incoming.on('close', () => resolve(undefined));
  });
}
