/** HTTP over a bare socket, for requests that no HTTP client would send. */
import net from 'node:net';

/** A reply as it came over the wire. */
export interface RawReply {
  readonly http: string;
  readonly status: number;
  /** By lower-case name. */
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
}

/** Sends bytes and reads one whole reply; rejects when none comes within `timeLimit` ms. */
export function exchange(url: URL, bytes: string | Uint8Array, timeLimit = 120_000): Promise<RawReply> {
  return new Promise((resolve, reject) => {
    const socket = net.connect(Number(url.port), url.hostname);
    const chunks: Buffer[] = [];
    const finish = (closed: boolean): void => {
      const reply = readReply(Buffer.concat(chunks), closed)?.reply;
      if (reply) resolve(reply);
      else if (closed) reject(new Error('connection closed before a whole reply'));
      if (reply || closed) socket.destroy();
    };
    socket.setTimeout(timeLimit, () => socket.destroy(new Error(`no whole reply in ${timeLimit} ms`)));
    socket.on('data', (chunk: Buffer) => {
      chunks.push(chunk);
      finish(false);
    });
    socket.on('end', () => finish(true));
    socket.on('error', reject);
    socket.write(typeof bytes === 'string' ? Buffer.from(bytes, 'latin1') : bytes);
  });
}

/** The first reply of what has come so far, once it is whole, and the length of its bytes. */
export function readReply(
  bytes: Buffer,
  closed: boolean,
): { readonly reply: RawReply; readonly length: number } | undefined {
  const at = bytes.indexOf('\r\n\r\n');
  if (at < 0) return undefined;
  const [statusLine = '', ...lines] = bytes.subarray(0, at).toString('latin1').split('\r\n');
  const headers: Record<string, string> = {};
  for (const line of lines) {
    const colon = line.indexOf(':');
    headers[line.slice(0, colon).toLowerCase()] = line.slice(colon + 1).trim();
  }
  const [http = '', code] = statusLine.split(' ');
  const status = Number(code);
  const said = status < 200 ? '0' : headers['content-length'];
  const rest = bytes.subarray(at + 4);
  if (headers['transfer-encoding'] === 'chunked') return chunked(rest, { http, status, headers }, at + 4);
  if (said === undefined ? !closed : rest.length < Number(said)) return undefined;
  const body = rest.subarray(0, Number(said ?? rest.length));
  return {
    reply: { http, status, headers, text: body.toString('utf8') },
    length: at + 4 + body.length,
  };
}

/** Chunks are not put together: only replies of HTTP's own have them, and these are empty. */
function chunked(rest: Buffer, head: Omit<RawReply, 'text'>, from: number) {
  const last = rest.indexOf('0\r\n\r\n');
  if (last < 0) return undefined;
  return { reply: { ...head, text: rest.subarray(0, last).toString('utf8') }, length: from + last + 5 };
}

/** A form POST, spelled out; `lines` are further headers. */
export function formPost(path: string, body: string, ...lines: readonly string[]): string {
  const head = [`POST ${path} HTTP/1.1`, 'Host: localhost', 'Connection: close', ...lines];
  return [...head, `Content-Length: ${Buffer.byteLength(body, 'latin1')}`, '', body].join('\r\n');
}
