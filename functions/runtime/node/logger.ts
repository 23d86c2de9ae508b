/** The Node server's log, on standard output or in a file: sentences for people, or JSON for a collector. */
import { closeSync, openSync } from 'node:fs';
import { type DestinationStream, pino } from 'pino';
import type { LineLogger, LogFields } from '../../wire/request-log.ts';

/** Milliseconds for which a line may wait before it is written. */
const flushDelay = 50;

/** How the log is written. */
export type LogFormat = 'text' | 'json' | 'off';

/** A log that can be opened again. */
export interface ServerLogger extends LineLogger {
  /** Opens its file again, by its name: the one that it had may have been moved away. */
  reopen(): void;
}

/** Adds what opens the file of a log again. */
function withReopen(logger: LineLogger, { reopen }: Output): ServerLogger {
  return Object.assign(logger, { reopen });
}

/** Where lines go. */
interface Output extends DestinationStream {
  reopen(): void;
}

/**
 * Opens the log on standard output, or in a file, which is made with mode 0640 if it is not there. Lines are collected
 * and written together, at the latest after `flushDelay` and when the process exits: to write each line alone takes 5
 * to 15 % more processor time a call. No write is longer than a pipe takes in one piece, because several processes may
 * write to the same pipe.
 * @throws {Error} the file system's
 */
export function createLogger(format: LogFormat, file?: string): ServerLogger {
  if (format === 'off') return withReopen(pino({ level: 'silent' }), { write: () => {}, reopen: () => {} });
  const to = output(file);
  return withReopen(format === 'json' ? pino(lines, to) : sentences(to), to);
}

function output(file: string | undefined): Output {
  // A file that cannot be opened is an error now; later, pino's stream would only emit one.
  if (file !== undefined) closeSync(openSync(file, 'a', 0o640));
  const stream = pino.destination({
    dest: file ?? 1,
    mode: 0o640,
    sync: false,
    minLength: 2048,
    maxWrite: 4096,
  });
  process.once('exit', () => stream.flushSync());
  let flushing = false;
  let overdue = false;
  // A flush during a write does nothing, and after that write less than `minLength` stays in the buffer.
  stream.on('drain', () => {
    if (!overdue) return;
    overdue = false;
    stream.flush();
  });
  return {
    reopen() {
      if (file !== undefined) stream.reopen();
    },
    write(line) {
      stream.write(line);
      if (flushing) return;
      flushing = true;
      setTimeout(() => {
        flushing = false;
        overdue = true;
        stream.flush();
      }, flushDelay).unref();
    },
  };
}

/** Fields have the same names as in the log on Lambda, so that the same queries work on both. */
const lines = {
  base: { service: 'ljgate' },
  messageKey: 'message',
  errorKey: 'error',
  timestamp: () => `,"timestamp":"${new Date().toISOString()}"`,
  formatters: { level: (label: string) => ({ level: label.toUpperCase() }) },
  serializers: { error: pino.stdSerializers.err },
};

/** `14:03:07 flat login test by challenge: 101 (1.8 ms, 192.0.2.7)` */
function sentences(stream: DestinationStream): LineLogger {
  const write = (fields: LogFields, text: string) => {
    const time = clockTime(Date.now());
    const { error } = fields;
    const reason = error instanceof Error ? `\n${error.stack}${causes(error)}` : '';
    stream.write(`${time} ${sentence(fields) ?? text}${reason}\n`);
  };
  return { info: write, warn: write, error: write };
}

let second = Number.NaN;
let shown = '';

/** `14:03:07`, formatted once a second. */
function clockTime(now: number): string {
  const current = Math.floor(now / 1000);
  if (current !== second) {
    second = current;
    shown = new Date(now).toTimeString().slice(0, 8);
  }
  return shown;
}

function sentence(fields: LogFields): string | undefined {
  const { wire, method, account, auth, token, outcome, ms, address, client, audit, on, by } = fields;
  if (audit !== undefined) return `audit ${audit}${on ? ` ${on}` : ''} by ${Object(by).token}: ${outcome}`;
  if (wire === undefined) return undefined;
  const way = auth ?? (token === undefined ? undefined : `token ${token}`);
  const who = `${account === undefined ? '' : ` ${account}`}${way === undefined ? '' : ` by ${way}`}`;
  const what = method === undefined ? 'several calls' : `${method}${who}: ${outcome}`;
  const facts = [`${ms} ms`, address, client].filter((fact) => fact !== undefined);
  return `${wire} ${what} (${facts.join(', ')})`;
}

function causes({ cause }: Error): string {
  return cause instanceof Error ? `\ncaused by ${cause.stack}${causes(cause)}` : '';
}
