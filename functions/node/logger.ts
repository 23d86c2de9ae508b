/** The Node server's log on standard output: readable on a terminal, or JSON for a collector. */
import { type Logger, pino } from 'pino';
import pretty from 'pino-pretty';

/** How the log is written. */
export type LogFormat = 'text' | 'json' | 'off';

/** The fields of every line are named as in the functions' log on Lambda, for one set of queries. */
const lines = {
  base: { service: 'ljgate' },
  messageKey: 'message',
  errorKey: 'error',
  timestamp: () => `,"timestamp":"${new Date().toISOString()}"`,
  formatters: { level: (label: string) => ({ level: label.toUpperCase() }) },
  serializers: { error: pino.stdSerializers.err },
};

/** Opens the log. */
export function createLogger(format: LogFormat): Logger {
  switch (format) {
    case 'off':
      return pino({ level: 'silent' });
    case 'json':
      return pino(lines);
    case 'text':
      return pino({ ...lines, base: null }, readable());
  }
}

/** `14:03:07.118 flat login test by challenge: ok (1.8 ms, 192.0.2.7)` */
function readable() {
  return pretty({
    timestampKey: 'timestamp',
    messageKey: 'message',
    translateTime: 'SYS:HH:MM:ss.l',
    customPrettifiers: { timestamp: (time) => String(time), level: () => '' },
    errorLikeObjectKeys: ['error'],
    ignore: 'request,wire,status,address,method,account,auth,client,outcome,ms,storeMs,hashMs,remembered',
    messageFormat: (log, key) => (log['wire'] === undefined ? String(log[key]) : sentence(log)),
    singleLine: true,
    sync: true,
  });
}

function sentence(log: Readonly<Record<string, unknown>>): string {
  const { wire, method, account, auth, outcome, ms, address, client } = log;
  const who = account === undefined ? '' : ` ${account} by ${auth}`;
  const what = method === undefined ? 'several calls' : `${method}${who}: ${outcome}`;
  const facts = [`${ms} ms`, address, client].filter((fact) => fact !== undefined);
  return `${wire} ${what} (${facts.join(', ')})`;
}
