/** The Node server's log on standard output: sentences for people, or JSON for a collector. */
import { type DestinationStream, pino } from 'pino';
import type { LineLogger, LogFields } from '../../wire/request-log.ts';

/** Milliseconds for which a line may wait before it is written. */
const flushDelay = 50;

/** How the log is written. */
export type LogFormat = 'text' | 'json' | 'off';

/**
 * Opens the log. Lines are collected and written together, at the latest after `flushDelay` and when the process
 * exits: writing each line alone would cost as much as the call that it reports. No write is longer than a pipe
 * takes in one piece, because several workers may write to the same pipe.
 */
export function createLogger(format: LogFormat): LineLogger {
  switch (format) {
    case 'off':
      return pino({ level: 'silent' });
    case 'json':
      return pino(lines, output());
    case 'text':
      return sentences(output());
  }
}

function output(): DestinationStream {
  const stream = pino.destination({ dest: 1, sync: false, minLength: 2048, maxWrite: 4096 });
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
