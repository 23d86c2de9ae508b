/** The lines of an export with verifiers: what lets people in, as it is stored. */
import * as v from 'valibot';
import type { Account } from '../../core/accounts/account.ts';
import { decodeAccount, encodeAccount } from '../../core/accounts/account-record.ts';
import type { Token } from '../../core/auth/token.ts';
import type { Session } from '../../core/sessions/session.ts';
import { viaText } from '../../core/sessions/session-via.ts';
import { decodeSession } from '../stores/session-record.ts';
import { decodeToken } from '../stores/token-record.ts';

/** A line. The first one is the header; the sessions of an account come after it. */
export type RecordLine =
  /** `secrets`: the root secrets that the records need, as the text of their file. */
  | { readonly kind: 'header'; readonly secrets: string }
  | { readonly kind: 'token'; readonly token: Token }
  | { readonly kind: 'account'; readonly account: Account }
  | { readonly kind: 'session'; readonly session: Session };

/** Another version would have other lines. */
const version = 1;

const stored = v.union([
  v.object({ ljgate: v.literal('export with verifiers'), version: v.number(), secrets: v.string() }),
  v.object({ token: v.unknown() }),
  v.object({ account: v.unknown() }),
  v.object({ session: v.unknown() }),
]);

/** A line as JSON. */
export function writeRecordLine(line: RecordLine): string {
  return JSON.stringify(plainOf(line));
}

function plainOf(line: RecordLine): v.InferInput<typeof stored> {
  switch (line.kind) {
    case 'header':
      return { ljgate: 'export with verifiers', version, secrets: line.secrets };
    case 'token':
      return { token: line.token };
    case 'account':
      return { account: encodeAccount(line.account) };
    case 'session': {
      const { via, ...session } = line.session;
      return { session: { ...session, ...(via && { via: viaText(via) }) } };
    }
  }
}

/** Reads a line. @throws {Error} why it is none; its message quotes nothing of the line */
export function readRecordLine(bytes: Uint8Array): RecordLine {
  const read = v.safeParse(stored, parsed(bytes));
  if (!read.success) throw new Error('is no line of an export with verifiers');
  const { output } = read;
  if ('token' in output) return { kind: 'token', token: decodeToken(output.token) };
  if ('account' in output) return { kind: 'account', account: decodeAccount(output.account) };
  if ('session' in output) return { kind: 'session', session: decodeSession(output.session) };
  if (output.version !== version) throw new Error('is of another version; use the ljgate that made it');
  return { kind: 'header', secrets: output.secrets };
}

/** V8's error quotes the text around a syntax error. */
function parsed(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    throw new Error('is not JSON');
  }
}
