/** What else goes on while latencies are measured. Each gives a function that ends it. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { join } from 'node:path';
import { load } from '../hostile/load.ts';
import { sessionOwner, sessionOwners } from './conversations.ts';
import { ljgateCommand, runLjgate } from './processes.ts';

/** The server that is disturbed. */
export interface Disturbed {
  readonly port: number;
  readonly store: string;
  readonly folder: string;
  /** Seconds for which it is measured at the most. */
  readonly seconds: number;
}

/** Begins. */
export type Disturbance = (disturbed: Disturbed) => Promise<() => Promise<void>>;

/** Wrong passwords a second: about ten times what two cores hash. */
const floodRate = 1400;

const importing: Disturbance = async ({ folder, store }) => {
  const file = join(folder, 'many.jsonl');
  const line = (number: number) => {
    const password = number % 100 === 0 ? { password: `secret-${number}` } : {};
    return JSON.stringify({ username: `many_${number}`, ...password });
  };
  writeFileSync(file, `${Array.from({ length: 100_000 }, (_, number) => line(number)).join('\n')}\n`);
  return running(ljgateCommand('import', '--store', store, file));
};

/** Guesses come from many addresses, so that no ban ends the flood. */
const flood: Disturbance = async ({ port, seconds }) => {
  const accounts = Array.from({ length: sessionOwners }, (_, number) => sessionOwner(number).username);
  const send = { kind: 'guess', accounts, addresses: 60_000 } as const;
  const job = load({ port, connections: 200, rate: floodRate, seconds, send });
  job.catch(() => {});
  return async () => {
    await job;
  };
};

/** A hundred clients that send request after request and take nothing of the replies. */
const slowReaders: Disturbance = async ({ port }) => {
  const body = 'mode=login&user=test&password=test&getmoods=0&getmenus=1';
  const head = `POST /interface/flat HTTP/1.1\r\nHost: x\r\nContent-Length: ${body.length}\r\n\r\n`;
  const sockets = Array.from({ length: 100 }, () => {
    const socket = connect(port, '127.0.0.1').on('error', () => {});
    socket.pause();
    socket.write((head + body).repeat(50));
    return socket;
  });
  // Until all is answered that the system's buffers take: then the server waits for them.
  await new Promise((resolve) => setTimeout(resolve, 2000));
  return async () => {
    for (const socket of sockets) socket.destroy();
  };
};

/**
 * Calls for a site behind that takes them and never answers: as many as are let through at once, and more. Who is refused
 * comes again after a second, as a person does: at once, it would be the load of the refused that is measured.
 */
const hangingSite: Disturbance = async ({ port }) => {
  const stop = new AbortController();
  const body = 'mode=getevents&user=test&password=test';
  const ask = async () => {
    while (!stop.signal.aborted) {
      const init = { method: 'POST', body, signal: stop.signal };
      await fetch(`http://127.0.0.1:${port}/interface/flat`, init).then(
        (reply) => reply.text(),
        () => '',
      );
      await new Promise((resolve) => setTimeout(resolve, 1000));
    }
  };
  const asking = Promise.all(Array.from({ length: 150 }, ask));
  return async () => {
    stop.abort();
    await asking;
  };
};

/** One backup after another: a small database is copied in a moment. */
const backingUp: Disturbance = async ({ folder, store }) => {
  let isOver = false;
  const copying = (async () => {
    for (let copy = 0; !isOver; copy++) {
      await runLjgate('backup', join(folder, `copy-${Date.now()}-${copy}.sqlite`), '--store', store);
    }
  })();
  copying.catch(() => {});
  return async () => {
    isOver = true;
    await copying;
  };
};

/** By what the table calls them. */
export const disturbances: Readonly<Record<string, Disturbance>> = {
  'an import of 100,000 accounts': importing,
  'a flood of wrong passwords, ten times what can be hashed': flood,
  'a hundred clients that take nothing of their replies': slowReaders,
  'a site behind that hangs': hangingSite,
  'one backup after another': backingUp,
};

/** A site that takes requests and never answers. */
export async function startHangingSite(): Promise<{ readonly url: string; stop(): void }> {
  const site = createServer(() => {});
  site.listen(0, '127.0.0.1');
  await once(site, 'listening');
  const { port } = site.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    stop() {
      site.closeAllConnections();
      site.close();
    },
  };
}

function running([file, args, options]: ReturnType<typeof ljgateCommand>): () => Promise<void> {
  const child = spawn(file, args, options);
  process.once('exit', () => child.kill('SIGKILL'));
  return async () => {
    if (child.exitCode !== null) return;
    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    await ended;
  };
}
