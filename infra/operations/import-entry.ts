/** One line of an import: what it says, read and checked. */
import { type AccountLine, parseAccountLine } from '../../core/accounts/account-line.ts';
import type { Sealer } from '../../core/ports.ts';
import { openedBy } from '../secrets/opened-by.ts';
import type { Line } from './lines.ts';

/** A line that describes an account. `source`: its own members, without defaults. */
export interface Entry {
  readonly number: number;
  readonly line: AccountLine;
  readonly source: object;
}

/** Why a line is not brought in; never quotes a secret. */
export interface RefusedLine {
  readonly number: number;
  readonly reason: string;
}

const decoder = new TextDecoder('utf-8', { fatal: true });

/** Reads a line; `undefined` for a blank one. `transferKey` opens what an export sealed. */
export async function readEntry(
  { number, bytes }: Line,
  transferKey?: Sealer,
): Promise<Entry | RefusedLine | undefined> {
  if (!bytes) return { number, reason: 'is longer than 4 MiB' };
  const json = parse(bytes);
  if (json === 'blank') return undefined;
  if (!json.ok) return { number, reason: json.reason };
  const { sealed, value } = withoutSealed(json.value);
  const parsed = parseAccountLine(value);
  if (!parsed.ok) return { number, reason: parsed.reason };
  const { line } = parsed;
  const source = typeof value === 'object' && value !== null ? value : {};
  if (sealed === undefined) return { number, line, source };
  if (line.upstreamKey !== undefined) {
    return { number, reason: 'upstreamKey, sealedUpstreamKey: no more than one must be given' };
  }
  if (!transferKey) {
    return { number, reason: 'sealedUpstreamKey: --transfer-key FILE opens it, the file of its export' };
  }
  const upstreamKey = await openedBy(transferKey, String(sealed), line.username, 'upstream-key');
  if (!upstreamKey) {
    return { number, reason: 'sealedUpstreamKey: was not sealed for this account under this transfer key' };
  }
  return { number, line: { ...line, upstreamKey }, source };
}

/** The line without the upstream key that an export sealed, and that by itself. */
function withoutSealed(value: unknown): { readonly sealed?: unknown; readonly value: unknown } {
  if (typeof value !== 'object' || value === null || !('sealedUpstreamKey' in value)) return { value };
  const { sealedUpstreamKey: sealed, ...rest } = value;
  return { sealed, value: rest };
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
