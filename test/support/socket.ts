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

/** Sends bytes and reads one whole reply; rejects when none comes within `patience` ms. */
export function exchange(url: URL, bytes: string | Uint8Array, patience = 20_000): Promise<RawReply> {
  return new Promise((resolve, reject) => {
    const socket = net.connect(Number(url.port), url.hostname);
    const chunks: Buffer[] = [];
    const finish = (closed: boolean): void => {
      const reply = parse(Buffer.concat(chunks), closed);
      if (reply) resolve(reply);
      else if (closed) reject(new Error('connection closed before a whole reply'));
      if (reply || closed) socket.destroy();
    };
    socket.setTimeout(patience, () => socket.destroy(new Error(`no whole reply in ${patience} ms`)));
    socket.on('data', (chunk: Buffer) => {
      chunks.push(chunk);
      finish(false);
    });
    socket.on('end', () => finish(true));
    socket.on('error', reject);
    socket.write(typeof bytes === 'string' ? Buffer.from(bytes, 'latin1') : bytes);
  });
}

function parse(bytes: Buffer, closed: boolean): RawReply | undefined {
  const at = bytes.indexOf('\r\n\r\n');
  if (at < 0) return undefined;
  const [statusLine = '', ...lines] = bytes.subarray(0, at).toString('latin1').split('\r\n');
  const headers: Record<string, string> = {};
  for (const line of lines) {
    const colon = line.indexOf(':');
    headers[line.slice(0, colon).toLowerCase()] = line.slice(colon + 1).trim();
  }
  const body = bytes.subarray(at + 4);
  const length = headers['content-length'];
  if (length === undefined ? !closed : body.length < Number(length)) return undefined;
  const [http = '', status] = statusLine.split(' ');
  return { http, status: Number(status), headers, text: body.toString('utf8') };
}

/** A form POST, spelled out; `lines` are further headers. */
export function formPost(path: string, body: string, ...lines: readonly string[]): string {
  const head = [`POST ${path} HTTP/1.1`, 'Host: localhost', 'Connection: close', ...lines];
  return [...head, `Content-Length: ${Buffer.byteLength(body, 'latin1')}`, '', body].join('\r\n');
}
