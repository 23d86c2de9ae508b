/** The Node server's log on standard output: sentences for people, or JSON for a collector. */
import { type DestinationStream, pino } from 'pino';
import type { LineLogger } from '../http/log.ts';

/** Milliseconds. */
const patience = 50;

/** How the log is written. */
export type LogFormat = 'text' | 'json' | 'off';

/**
 * Opens the log. Lines are gathered and written together, at the latest after `patience`, all of them
 * before the end: a line at a time would cost as much as the call it tells of. No write is longer than
 * what pipes take in one piece, since several workers may share one.
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
  // A flush during a write does nothing, and the end of that write leaves what is less than `minLength`.
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
      }, patience).unref();
    },
  };
}

/** The fields of every line are named as in the functions' log on Lambda, for one set of queries. */
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
  const write = (fields: Fields, text: string) => {
    const time = clockTime(Date.now());
    const { error } = fields;
    const reason = error instanceof Error ? `\n${error.stack}${causes(error)}` : '';
    stream.write(`${time} ${'wire' in fields ? sentence(fields) : text}${reason}\n`);
  };
  return { info: write, warn: write, error: write };
}

let second = Number.NaN;
let shown = '';

/** `14:03:07`, spelled once a second. */
function clockTime(now: number): string {
  const current = Math.floor(now / 1000);
  if (current !== second) {
    second = current;
    shown = new Date(now).toTimeString().slice(0, 8);
  }
  return shown;
}

type Fields = Readonly<Record<string, unknown>>;

function sentence({ wire, method, account, auth, outcome, ms, address, client }: Fields): string {
  const who = account === undefined ? '' : ` ${account} by ${auth}`;
  const what = method === undefined ? 'several calls' : `${method}${who}: ${outcome}`;
  const facts = [`${ms} ms`, address, client].filter((fact) => fact !== undefined);
  return `${wire} ${what} (${facts.join(', ')})`;
}

function causes({ cause }: Error): string {
  return cause instanceof Error ? `\ncaused by ${cause.stack}${causes(cause)}` : '';
}
