/** A lean HTTP client on bare sockets: requests go out as one string, replies are read no more than needed. */
import { connect, type Socket } from 'node:net';
import type { Request } from './conversations.ts';

/** A client that sends one request at a time. */
export interface Client {
  /** Gives the body of the reply, whatever its status: a character stands for a byte. */
  send(request: Request): Promise<string>;
  close(): void;
}

/** A request's bytes: all that is sent here is ASCII. */
function encode({ path, body, headers = '' }: Request, keepAlive: boolean): string {
  const fate = keepAlive ? '' : 'Connection: close\r\n';
  const head = `POST ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\nUser-Agent: bench\r\n${headers}${fate}`;
  return `${head}Content-Length: ${body.length}\r\n\r\n${body}`;
}

/** A client that opens a connection for each request, or one for all. */
export function openClient(port: number, keepAlive: boolean): Client {
  const buffer = Buffer.alloc(64 * 1024);
  let socket: Socket | undefined;
  let received = '';
  let whole = -1;
  let settle: { resolve(body: string): void; reject(error: Error): void } | undefined;

  function open(): Socket {
    // Straight from the system's buffer, without a stream between.
    const onread = {
      buffer,
      callback(length: number) {
        if (socket === opened) read(buffer.toString('latin1', 0, length));
        return true;
      },
    };
    const opened: Socket = connect({ port, host: '127.0.0.1', noDelay: true, onread });
    opened.on('error', (error) => {
      if (socket === opened) fail(error);
    });
    opened.on('close', () => {
      if (socket !== opened) return;
      socket = undefined;
      // Servers of old say neither length nor chunks: the end is the end.
      if (received.includes('\r\n\r\n')) answer();
      else fail(new Error('the server closed the connection before it answered'));
    });
    return opened;
  }

  function read(text: string): void {
    received += text;
    if (whole < 0) {
      const end = received.indexOf('\r\n\r\n');
      if (end < 0) return;
      const length = /\r\ncontent-length: *(\d+)/i.exec(received.slice(0, end + 2))?.[1];
      whole = length === undefined ? Number.POSITIVE_INFINITY : end + 4 + Number(length);
    }
    const over =
      whole === Number.POSITIVE_INFINITY ? received.endsWith('\r\n0\r\n\r\n') : received.length >= whole;
    if (over) answer();
  }

  function answer(): void {
    const waiting = settle;
    if (!waiting) return;
    settle = undefined;
    if (!keepAlive) {
      socket?.end();
      socket = undefined;
    }
    waiting.resolve(received.slice(received.indexOf('\r\n\r\n') + 4));
  }

  function fail(error: Error): void {
    settle?.reject(error);
    settle = undefined;
    socket = undefined;
  }

  return {
    send(request) {
      return new Promise((resolve, reject) => {
        settle = { resolve, reject };
        received = '';
        whole = -1;
        socket ??= open();
        socket.write(encode(request, keepAlive), 'latin1');
      });
    },
    close() {
      socket?.destroy();
      socket = undefined;
    },
  };
}
