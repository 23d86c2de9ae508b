/** Answers bytes that are not an HTTP request with an HTTP status, and gives the client time to read it. */
import { type IncomingMessage, type Server, type ServerResponse, STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import { bodyLimit } from '../../wire/routes.ts';
import { textResponse, type WireRequest, type WireResponse } from '../../wire/wire-request.ts';
import { type BareLfRequest, bareLfRequest, isOnlyLineEnds, readBareLf } from './bare-lf.ts';

/** Milliseconds for which the rest of a bad request is read and dropped. */
const linger = 1000;

/** Milliseconds after which a client is disconnected that takes nothing of its reply. */
const writeTimeout = 30_000;

/** Milliseconds to wait for the rest of a body after a head with bare line feeds. */
const bodyTimeout = 10_000;

/** An error of Node's parser. `rawPacket`: the bytes that it was reading. */
interface ParserError extends NodeJS.ErrnoException {
  readonly rawPacket?: Buffer;
}

/** Answers a request with bare line feeds. Absent behind a trusted proxy, which never sends one. */
export type AnswerBareLf = (build: (id: string) => WireRequest) => Promise<WireResponse>;

/**
 * Answers a parser's errors. Node itself would close at once: a client that is still sending would get a reset
 * instead of the status, and a client whose body is longer than its Content-Length would get no reply.
 */
export function answerBadRequests(server: Server, answerBareLf: AnswerBareLf | undefined): void {
  // The parser gets all later packets too, and reports an error for each.
  const failed = new WeakMap<Socket, (packet: Buffer) => void>();
  // A list, not a WeakMap or a Set: those are freed only by full collections, which doubled the cost of a request.
  const underWay: ServerResponse[] = [];
  const begin = (_: IncomingMessage, response: ServerResponse) => {
    underWay.push(response);
    response.on('close', end);
  };
  function end(this: ServerResponse): void {
    underWay.splice(underWay.indexOf(this), 1);
  }
  server.prependListener('request', begin);
  server.prependListener('checkContinue', begin);
  server.on('clientError', (error: ParserError, stream) => {
    // A server on TCP passes only sockets.
    const socket = stream as Socket;
    const packet = error.rawPacket ?? Buffer.alloc(0);
    const more = failed.get(socket);
    if (more) return more(packet);
    failed.set(socket, () => undefined);
    if (error.code === 'ECONNRESET' || !socket.writable) {
      socket.destroy();
      return undefined;
    }
    const response = underWay.findLast(({ req }) => req.socket === socket);
    // This packet is all that came on the connection, and no request came before the bad one.
    const first = answerBareLf && !response && socket.bytesRead === packet.length && readBareLf(packet);
    if (first) answerFirst(socket, first, answerBareLf, (take) => failed.set(socket, take));
    else if (response?.req.complete && !response.writableFinished) {
      response.once('finish', () => refuse(socket, error.code));
    } else refuse(socket, error.code);
    return undefined;
  });
}

/** Waits for the body, answers, and closes. Bytes after the body are never read as a request. */
function answerFirst(
  socket: Socket,
  first: BareLfRequest,
  answer: AnswerBareLf,
  onMore: (take: (packet: Buffer) => void) => void,
): void {
  const wanted = first.length > bodyLimit ? 0 : first.length;
  let received = first.rest;
  const timer = setTimeout(() => refuse(socket, 'ERR_HTTP_REQUEST_TIMEOUT'), bodyTimeout);
  const look = () => {
    if (received.length < wanted) return;
    clearTimeout(timer);
    onMore(() => undefined);
    if (wanted === first.length && !isOnlyLineEnds(received.subarray(wanted))) return refuse(socket);
    const build = (id: string) =>
      bareLfRequest(first, received.subarray(0, wanted), { id, address: socket.remoteAddress });
    answer(build).then((response) => reply(socket, response));
  };
  onMore((packet) => {
    received = Buffer.concat([received, packet]);
    look();
  });
  socket.once('close', () => clearTimeout(timer));
  look();
}

function refuse(socket: Socket, code?: string): void {
  reply(socket, refusal(code));
}

/** Does nothing if an earlier reply has already ended the connection, as its client had asked. */
function reply(socket: Socket, { status, headers, cookies, body, release }: WireResponse): void {
  if (!socket.writable) {
    release?.();
    return;
  }
  if (release) socket.once('close', release);
  const named = Object.entries({ Connection: 'close', ...headers });
  const lines = [...named, ...cookies.map((cookie) => ['Set-Cookie', cookie])];
  const head = [`HTTP/1.1 ${status} ${STATUS_CODES[status]}`, ...lines.map((line) => line.join(': '))];
  const bytes = Buffer.concat([Buffer.from(`${head.join('\r\n')}\r\n\r\n`), Buffer.from(body)]);
  socket.end(bytes, () => setTimeout(() => socket.destroy(), linger).unref());
  // It begins anew whenever the client takes something.
  socket.setTimeout(writeTimeout, () => socket.destroy());
  socket.resume();
}

function refusal(code: string | undefined): WireResponse {
  switch (code) {
    case 'HPE_HEADER_OVERFLOW':
      return textResponse(431, 'Request Header Fields Too Large');
    case 'HPE_CHUNK_EXTENSIONS_OVERFLOW':
      return textResponse(413, 'Payload Too Large');
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return textResponse(408, 'Request Timeout');
    default:
      return textResponse(400, 'Bad Request');
  }
}
