/** What is answered to bytes that are no HTTP request: an HTTP status, and time to read it. */
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';

/** Ms for which the rest of a bad request is read and dropped. */
const linger = 1000;

/**
 * Answers a parser's errors. Node's own way closes at once: a client that is still sending gets a reset in
 * place of the status, and one whose body was longer than its Content-Length gets no reply to its request.
 */
export function answerBadRequests(server: Server): void {
  const answered = new WeakSet<Duplex>();
  // A list. What hangs on a socket, in a WeakMap or on it, is found by full collections alone, and a Set's
  // former tables point at those after them, so that a full collection is what it takes to drop any. Either
  // cost as much as all else of a request.
  const underWay: ServerResponse[] = [];
  const remember = (_: IncomingMessage, response: ServerResponse) => {
    underWay.push(response);
    response.on('close', forget);
  };
  function forget(this: ServerResponse): void {
    underWay.splice(underWay.indexOf(this), 1);
  }
  server.prependListener('request', remember);
  server.prependListener('checkContinue', remember);
  server.on('clientError', (error: NodeJS.ErrnoException, socket) => {
    // The parser is given all that still comes, and complains of each piece.
    if (answered.has(socket)) return;
    answered.add(socket);
    if (error.code === 'ECONNRESET' || !socket.writable) {
      socket.destroy();
      return;
    }
    const response = underWay.findLast(({ req }) => req.socket === socket);
    if (response?.req.complete && !response.writableFinished) {
      response.once('finish', () => refuse(socket, error.code));
    } else refuse(socket, error.code);
  });
}

/** Unless the reply before it already ended the connection, as its client had asked. */
function refuse(socket: Duplex, code: string | undefined): void {
  if (!socket.writable) return;
  const [status, text] = statusOf(code);
  const head = [`HTTP/1.1 ${status} ${text}`, 'Connection: close', 'Content-Type: text/plain'];
  socket.end([...head, `Content-Length: ${text.length + 1}`, '', `${text}\n`].join('\r\n'));
  socket.resume();
  setTimeout(() => socket.destroy(), linger).unref();
}

function statusOf(code: string | undefined): [number, string] {
  switch (code) {
    case 'HPE_HEADER_OVERFLOW':
      return [431, 'Request Header Fields Too Large'];
    case 'HPE_CHUNK_EXTENSIONS_OVERFLOW':
      return [413, 'Payload Too Large'];
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return [408, 'Request Timeout'];
    default:
      return [400, 'Bad Request'];
  }
}
