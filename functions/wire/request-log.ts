/** What is logged about a request: what an operator needs, never a credential or a cookie. */
import type { Measures } from '../../infra/telemetry/request-measures.ts';
import type { CallReport } from './endpoint.ts';
import { printable } from './printable.ts';

/** One request to an endpoint, to the pages, or to the interface for sites. */
export interface RequestEntry extends Measures {
  /** The platform's id of the request. */
  readonly request: string;
  readonly wire: 'flat' | 'xmlrpc' | 'web' | 'api';
  /** HTTP status. */
  readonly status: number;
  /** Milliseconds from the request's headers to its reply. */
  readonly ms: number;
  /** The caller's address, where it may be logged: see `addressToLog`. */
  readonly address: string | undefined;
  readonly calls: readonly CallReport[];
  /** Of a request to an endpoint: whether it came encrypted, and its `User-Agent`. */
  readonly scheme?: 'http' | 'https';
  readonly agent?: string | undefined;
}

/** Where requests are logged. */
export type RequestLog = (entry: RequestEntry) => void;

/** The fields of a log line, beside its text. */
export interface LogFields {
  /** What was thrown. The log has its message, its stack and its causes. */
  readonly error?: unknown;
  /** Pino's own name for `error`. An error under it would not be logged. */
  readonly err?: never;
  readonly [name: string]: unknown;
}

/** A log that takes fields and a text. */
export interface LineLogger {
  info(fields: LogFields, text: string): void;
  warn(fields: LogFields, text: string): void;
  error(fields: LogFields, text: string): void;
}

/** The caller's address is logged only for refused calls: handling abuse needs no more. */
export function addressToLog(
  request: { readonly address: string | undefined },
  calls: readonly CallReport[],
): string | undefined {
  return calls.some(({ outcome }) => outcome !== 'ok') ? request.address : undefined;
}

/** Logs one request: refusals from 500 up as errors, with the cause that the client never sees. */
export function logRequest(logger: LineLogger, entry: RequestEntry): void {
  const { calls, address } = entry;
  const withoutCause = calls.map(({ cause: _, ...call }) => call);
  const error = calls.find(({ cause }) => cause !== undefined)?.cause;
  const called = withoutCause.length === 1 ? withoutCause[0] : { calls: withoutCause };
  write(logger, entry, address, { ...called, ...timesOf(entry) }, error);
}

/**
 * Logs one request with a line for each of its calls, because a query of CloudWatch finds no account in a list. The
 * lines of a multicall have its number of calls in `multicall`; the first has the request's times.
 */
export function logEachCall(logger: LineLogger, entry: RequestEntry): void {
  entry.calls.forEach(({ cause, ...call }, i) => {
    const fields = {
      ...call,
      ...(entry.calls.length > 1 && { multicall: entry.calls.length }),
      ...(i === 0 && timesOf(entry)),
    };
    write(logger, { ...entry, calls: [call] }, addressToLog(entry, [call]), fields, cause);
  });
}

function write(
  logger: LineLogger,
  { request, wire, status, scheme, agent, calls }: RequestEntry,
  address: string | undefined,
  called: Readonly<Record<string, unknown>>,
  error: unknown,
): void {
  // A client's own name says more than its library's.
  const library = calls.some(({ client }) => client) ? undefined : printable(agent);
  const fields = {
    request,
    wire,
    status,
    ...(scheme && { scheme }),
    ...(address !== undefined && { address }),
    ...called,
    ...(library && { agent: library }),
    ...(error !== undefined && { error }),
  };
  if (calls.some(isFailure)) logger.error(fields, 'call failed');
  else logger.info(fields, 'call');
}

function timesOf({ ms, storeMs, hashMs, remembered }: RequestEntry) {
  return { ms: rounded(ms), storeMs: rounded(storeMs), hashMs: rounded(hashMs), remembered };
}

function rounded(ms: number): number {
  return Math.round(ms * 100) / 100;
}

/** Fault codes of the interoperability note are negative: the client made a mistake, not the server. */
export function isFailure({ outcome }: CallReport): boolean {
  return outcome !== 'ok' && outcome >= 500;
}
