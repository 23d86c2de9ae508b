/** A Worker's log: one JSON line a request, which Workers Logs picks up from the console. */
import type { LineLogger } from '../http/log.ts';

type Fields = Readonly<Record<string, unknown>>;

/** The fields of every line are named as on Lambda and on Node, for one set of queries. */
export const logger: LineLogger = {
  info: (fields, text) => console.log(line('INFO', fields, text)),
  warn: (fields, text) => console.warn(line('WARN', fields, text)),
  error: (fields, text) => console.error(line('ERROR', fields, text)),
};

function line(level: string, { error, ...fields }: Fields, message: string): string {
  const head = { level, timestamp: new Date().toISOString(), service: 'ljgate' };
  return JSON.stringify({ ...head, ...fields, ...(error !== undefined && { error: told(error) }), message });
}

/** JSON shows nothing of an error by itself. */
function told(error: unknown): unknown {
  if (!(error instanceof Error)) return String(error);
  const { name, message, stack, cause } = error;
  return { type: name, message, stack, ...(cause !== undefined && { cause: told(cause) }) };
}
