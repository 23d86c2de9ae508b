/** A Worker's log: one JSON line for each request, on the console, where Workers Logs reads it. */
import type { LineLogger, LogFields } from '../../wire/request-log.ts';

/** Fields have the same names as on Lambda and on Node, so that the same queries work on all. */
export const logger: LineLogger = {
  info: (fields, text) => console.log(line('INFO', fields, text)),
  warn: (fields, text) => console.warn(line('WARN', fields, text)),
  error: (fields, text) => console.error(line('ERROR', fields, text)),
};

function line(level: string, { error, ...fields }: LogFields, message: string): string {
  const head = { level, timestamp: new Date().toISOString(), service: 'ljgate' };
  return JSON.stringify({
    ...head,
    ...fields,
    ...(error !== undefined && { error: plainError(error) }),
    message,
  });
}

/** `JSON.stringify` writes an error as `{}`. */
function plainError(error: unknown): unknown {
  if (!(error instanceof Error)) return String(error);
  const { name, message, stack, cause } = error;
  return { type: name, message, stack, ...(cause !== undefined && { cause: plainError(cause) }) };
}
