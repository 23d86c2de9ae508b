/** One line of an import: what it says, read and checked. */
import { type AccountLine, parseAccountLine } from '../../core/enrolment.ts';
import type { Line } from './lines.ts';

/** A line that describes an account. `given`: its own members, without defaults. */
export interface Entry {
  readonly number: number;
  readonly line: AccountLine;
  readonly given: object;
}

/** Why a line is not brought in; never quotes a secret. */
export interface RefusedLine {
  readonly number: number;
  readonly reason: string;
}

const decoder = new TextDecoder('utf-8', { fatal: true });

/** Reads a line; `undefined` for a blank one. */
export function readEntry({ number, bytes }: Line): Entry | RefusedLine | undefined {
  if (!bytes) return { number, reason: 'is longer than 4 MiB' };
  const json = parse(bytes);
  if (json === 'blank') return undefined;
  if (!json.ok) return { number, reason: json.reason };
  const parsed = parseAccountLine(json.value);
  if (!parsed.ok) return { number, reason: parsed.reason };
  const given = typeof json.value === 'object' && json.value !== null ? json.value : {};
  return { number, line: parsed.line, given };
}

type Json =
  | 'blank'
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly reason: string };

/** V8 quotes the text around a syntax error, which may be a password: its error goes no further. */
function parse(bytes: Uint8Array): Json {
  let text: string;
  try {
    text = decoder.decode(bytes);
  } catch {
    return { ok: false, reason: 'is not UTF-8' };
  }
  if (text.trim() === '') return 'blank';
  try {
    return { ok: true, value: JSON.parse(text) };
  } catch {
    return { ok: false, reason: 'is not JSON' };
  }
}
