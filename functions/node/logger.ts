/** The Node server's log on standard output: readable on a terminal, or JSON for a collector. */
import { type Logger, pino } from 'pino';
import pretty from 'pino-pretty';

/** How the log is written. */
export type LogFormat = 'text' | 'json' | 'off';

/** Opens the log. */
export function createLogger(format: LogFormat): Logger {
  switch (format) {
    case 'off':
      return pino({ level: 'silent' });
    case 'json':
      return pino({ base: null, timestamp: pino.stdTimeFunctions.isoTime });
    case 'text':
      return pino({ base: null }, readable());
  }
}

/** `14:03:07.118 flat login test by challenge: ok (1.8 ms, 192.0.2.7)` */
function readable() {
  return pretty({
    translateTime: 'SYS:HH:MM:ss.l',
    customPrettifiers: { time: (time) => String(time), level: () => '' },
    ignore: 'request,wire,status,address,method,account,auth,client,outcome,ms',
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
