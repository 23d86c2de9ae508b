/** What a call costs on AWS, from what was measured of it and the list prices. */
import type { BilledRow } from '../billed.ts';
import { prices } from './prices.ts';

/** Memory of a function in MB, and how much stands for a whole core: Lambda gives processor time in proportion. */
export const memory = 1024;
const memoryOfCore = 1769;

/** What a call needs; a start of a function needs no rows. */
export type Measured = Pick<BilledRow, 'ms' | 'cpu'>;

/**
 * Milliseconds that are billed: those that passed here, where a function has a whole core, and the processor time that
 * takes longer on the part of a core that it has there.
 */
export function billedMs({ ms, cpu }: Measured): number {
  return Math.ceil(ms.median + cpu * (memoryOfCore / memory - 1));
}

const gigabyte = 2 ** 30;

/** Bytes that CloudWatch counts for a line beside its text. */
const perLine = 26;

/** Lambda's own three lines of a call, in text: START, END, REPORT. */
const platform = { bytes: 290, lines: 3 };

/** The access log's line of an HTTP API, in the format of serverless.yml. */
const access = { bytes: 340, lines: 1 };

/** Gigabytes of log that a million calls write. */
export function logGigabytes({ logBytes, logLines }: Pick<BilledRow, 'logBytes' | 'logLines'>): number {
  const bytes = logBytes + platform.bytes + access.bytes;
  const lines = logLines + platform.lines + access.lines;
  return (1e6 * (bytes + lines * perLine)) / gigabyte;
}

/** Share of their size that log lines have when they are stored, and for how many months `prod` stores them. */
const compressed = 0.15;
const months = 3;

/** Dollars for a million calls, by what they are for. */
export interface MillionCalls {
  readonly api: number;
  readonly function: number;
  readonly tables: number;
  /** Written, and stored for 90 days. */
  readonly log: number;
  readonly together: number;
}

/** What a million calls of a kind cost. A row of ours is one unit: read ones are under 4 KB, written ones under 1 KB. */
export function millionCalls(row: BilledRow): MillionCalls {
  const million = 1e6;
  const api = million * prices.httpApiRequest;
  const running = million * prices.functionRequest + functionTime(row);
  const tables = million * (row.rowsRead * prices.readUnit + row.rowsWritten * prices.writeUnit);
  const log = logGigabytes(row) * (prices.logGigabyte + compressed * months * prices.logGigabyteMonth);
  return { api, function: running, tables, log, together: api + running + tables + log };
}

/** Dollars for the time of a million calls, or of a million starts. */
export function functionTime(measured: Measured): number {
  return ((1e6 * billedMs(measured)) / 1000) * (memory / 1024) * prices.functionGigabyteSecond;
}
