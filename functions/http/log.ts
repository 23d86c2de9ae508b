/** What is logged about a request: enough to run the site by, never a credential or a cookie. */
import type { CallReport } from '../adapters/door.ts';

/** One request through a door. */
export interface RequestEntry {
  /** The platform's id of the request. */
  readonly request: string;
  readonly wire: 'flat' | 'xmlrpc';
  /** HTTP status. */
  readonly status: number;
  /** Milliseconds from the request's headers to its reply. */
  readonly ms: number;
  readonly address: string | undefined;
  readonly calls: readonly CallReport[];
}

/** Where requests are logged. */
export type RequestLog = (entry: RequestEntry) => void;

/** The part of a logger that requests need; pino's has this shape. */
export interface LineLogger {
  info(fields: object, text: string): void;
  error(fields: object, text: string): void;
}

/** Logs one request: refusals from 500 up as errors, with the cause that the client never sees. */
export function logRequest(logger: LineLogger, { calls, ms, ...facts }: RequestEntry): void {
  const told = calls.map(({ cause: _, ...call }) => call);
  const err = calls.find(({ cause }) => cause !== undefined)?.cause;
  const fields = {
    ...facts,
    ...(told.length === 1 ? told[0] : { calls: told }),
    ms: Math.round(ms * 100) / 100,
    ...(err !== undefined && { err }),
  };
  if (calls.some(isFailure)) logger.error(fields, 'call failed');
  else logger.info(fields, 'call');
}

/** Interoperability fault codes are negative: a client's mistake, not ours. */
function isFailure({ outcome }: CallReport): boolean {
  return outcome !== 'ok' && outcome >= 500;
}
