/** What is logged about a request: enough to run the site by, never a credential or a cookie. */
import type { Measures } from '../../infra/telemetry/measures.ts';
import type { CallReport } from '../adapters/door.ts';

/** One request through a door, or to the pages. */
export interface RequestEntry extends Measures {
  /** The platform's id of the request. */
  readonly request: string;
  readonly wire: 'flat' | 'xmlrpc' | 'web';
  /** HTTP status. */
  readonly status: number;
  /** Milliseconds from the request's headers to its reply. */
  readonly ms: number;
  /** Who asked; looked at only where it is told. */
  readonly caller: { readonly address: string | undefined };
  readonly calls: readonly CallReport[];
}

/** Where requests are logged. */
export type RequestLog = (entry: RequestEntry) => void;

/** A log that takes fields and a text. */
export interface LineLogger {
  info(fields: Readonly<Record<string, unknown>>, text: string): void;
  warn(fields: Readonly<Record<string, unknown>>, text: string): void;
  error(fields: Readonly<Record<string, unknown>>, text: string): void;
}

/**
 * Logs one request: refusals from 500 up as errors, with the cause that the client never sees. The
 * caller's address is told only of refused calls: that is what handling abuse takes.
 */
export function logRequest(logger: LineLogger, entry: RequestEntry): void {
  const { calls } = entry;
  const told = calls.map(({ cause: _, ...call }) => call);
  const error = calls.find(({ cause }) => cause !== undefined)?.cause;
  const refused = calls.some(({ outcome }) => outcome !== 'ok');
  const fields = {
    request: entry.request,
    wire: entry.wire,
    status: entry.status,
    ...(refused && { address: entry.caller.address }),
    ...(told.length === 1 ? told[0] : { calls: told }),
    ms: rounded(entry.ms),
    storeMs: rounded(entry.storeMs),
    hashMs: rounded(entry.hashMs),
    remembered: entry.remembered,
    ...(error !== undefined && { error }),
  };
  if (calls.some(isFailure)) logger.error(fields, 'call failed');
  else logger.info(fields, 'call');
}

function rounded(ms: number): number {
  return Math.round(ms * 100) / 100;
}

/** Interoperability fault codes are negative: a client's mistake, not ours. */
export function isFailure({ outcome }: CallReport): boolean {
  return outcome !== 'ok' && outcome >= 500;
}
