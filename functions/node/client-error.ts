/** What is answered to bytes that are no HTTP request: an HTTP status, and time to read it. */
import type { Socket } from 'node:net';

/** Ms for which the rest of a bad request is read and dropped. */
const linger = 1000;

/**
 * Answers a parser's error. Node's own way closes at once, and a client that is still sending gets a
 * reset in place of the status.
 */
export function onClientError(error: NodeJS.ErrnoException, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const [status, text] = statusOf(error.code);
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
