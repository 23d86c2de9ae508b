/**
 * Puts a steady load on a server, as a process of its own so that measuring takes no time from what is
 * measured. Takes a job as JSON on standard input, gives an outcome as JSON on standard output.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import net from 'node:net';
import { json } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

/** What to send, and how much of it. */
export interface Job {
  readonly port: number;
  /** Connections that stay open, each with one request at a time. */
  readonly connections: number;
  /** Requests a second, over all connections; those that find no connection free wait for one. */
  readonly rate: number;
  readonly seconds: number;
  /** `verify`: `GET /session` with this cookie. `guess`: a wrong password. */
  readonly send:
    | { readonly kind: 'verify'; readonly session: string }
    | {
        readonly kind: 'guess';
        readonly accounts: readonly string[];
        /** How many addresses the guesses come from, as a trusted proxy tells them. */
        readonly addresses: number;
      };
}

/** Milliseconds from a request to the whole of its reply, by what the reply was, in order of size. */
export type Latencies = Readonly<Record<string, readonly number[]>>;

/** Runs a job in a process of its own. */
export async function load(job: Job): Promise<Latencies> {
  const child = spawn(process.execPath, [fileURLToPath(import.meta.url)], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  child.stdin.end(JSON.stringify(job));
  const outcome = (await json(child.stdout)) as Latencies;
  if (child.exitCode === null) await once(child, 'exit');
  return outcome;
}

/** The value below which this part of the sorted numbers lies. */
export function quantile(sorted: readonly number[] = [], part: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? Number.NaN;
}

function requests({ send }: Job): (n: number) => string {
  if (send.kind === 'verify') {
    const bytes = `GET /session HTTP/1.1\r\nHost: x\r\nCookie: ljsession=${send.session}\r\n\r\n`;
    return () => bytes;
  }
  const { accounts, addresses } = send;
  return (n) => {
    const body = `mode=login&user=${accounts[n % accounts.length]}&password=wrong${n}`;
    const from = n % addresses;
    const address = `10.${from >> 16}.${(from >> 8) & 255}.${from & 255}`;
    const head = `POST /interface/flat HTTP/1.1\r\nHost: x\r\nX-Forwarded-For: ${address}\r\n`;
    return `${head}Content-Length: ${body.length}\r\n\r\n${body}`;
  };
}

/** What the reply is called: its refusal's text, or its status. */
function nameOf(reply: string): string {
  const refusal = /\nerrmsg\n(.*)\n|^errmsg\n(.*)\n/m.exec(reply);
  return refusal?.[1] ?? refusal?.[2] ?? reply.slice(9, 12);
}

async function run(job: Job): Promise<Latencies> {
  const latencies: Record<string, number[]> = {};
  const request = requests(job);
  const gap = 1000 / job.rate;
  const total = Math.round(job.rate * job.seconds);
  const start = performance.now();
  let next = 0;

  const work = async (): Promise<void> => {
    const socket = net.connect(job.port, '127.0.0.1').setNoDelay().setEncoding('latin1');
    await once(socket, 'connect');
    for (;;) {
      const n = next++;
      if (n >= total) break;
      const wait = start + n * gap - performance.now();
      if (wait > 0) await sleep(wait);
      const sent = performance.now();
      socket.write(request(n));
      const name = nameOf(await wholeReply(socket));
      latencies[name] ??= [];
      latencies[name].push(performance.now() - sent);
    }
    socket.end();
  };

  await Promise.all(Array.from({ length: job.connections }, work));
  for (const list of Object.values(latencies)) list.sort((a, b) => a - b);
  return latencies;
}

function wholeReply(socket: net.Socket): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = '';
    const read = (chunk: string): void => {
      text += chunk;
      const at = text.indexOf('\r\n\r\n');
      const length = /content-length: (\d+)/i.exec(text)?.[1];
      if (at < 0 || text.length < at + 4 + Number(length)) return;
      socket.off('data', read).off('error', reject).off('close', closed);
      resolve(text);
    };
    const closed = (): void => reject(new Error('the server closed the connection'));
    socket.on('data', read).once('error', reject).once('close', closed);
  });
}

if (import.meta.main) process.stdout.write(JSON.stringify(await run((await json(process.stdin)) as Job)));
