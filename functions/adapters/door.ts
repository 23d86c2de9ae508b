/** What both adapters have in common: bytes of a request in, text of a reply out, nothing of HTTP. */
import type { Context } from '../../core/call.ts';
import type { Answer } from '../../core/gateway.ts';
import { type Arguments, textOf, textOr } from '../../core/values.ts';

/** A request as it came through one of the gateway's doors. */
export interface DoorRequest {
  readonly body: Uint8Array;
  /** The `Content-Type` header: a hint about the charset, never a reason to refuse. */
  readonly contentType: string | undefined;
  readonly context: Context;
}

/** What to send back, always with HTTP status 200, and what to log about it. */
export interface DoorReply {
  readonly body: string;
  readonly contentType: string;
  /** One entry a call: `system.multicall` makes several. */
  readonly reports: readonly CallReport[];
}

/** A door: one spelling of the protocol. */
export interface Door {
  readonly wire: 'flat' | 'xmlrpc';
  /** Answers any bytes at all with a well-formed reply; never throws. */
  answer(request: DoorRequest): Promise<DoorReply>;
  /** The body of the 413 that meets a request over `limit` bytes. */
  tooLarge(limit: number): DoorReply;
}

/** What the log tells about a call; never a credential. */
export interface CallReport {
  readonly method: string;
  readonly account?: string;
  readonly auth?: 'clear' | 'challenge' | 'cookie' | 'unknown';
  /** The client's own name, from `clientversion`. */
  readonly client?: string;
  /** `ok`, a refusal's code, or the code of an XML-RPC fault. */
  readonly outcome: 'ok' | number;
  /** What went wrong inside, for refusals from 500 up. */
  readonly cause?: unknown;
}

/** Reports an answered call. */
export function report(
  method: string,
  args: Arguments,
  account: string | undefined,
  answer: Answer,
): CallReport {
  const client = printable(textOf(args.get('clientversion')));
  return {
    method,
    ...(account !== undefined && { account, auth: authOf(args) }),
    ...(client && { client }),
    outcome: answer.ok ? 'ok' : answer.refusal.code,
    ...('cause' in answer && { cause: answer.cause }),
  };
}

/**
 * A client's own words, fit for a log line: no line breaks, among them U+2028 and U+2029, at which many
 * programs that read lines split; no terminal escapes; not too long.
 */
function printable(text: string | undefined): string | undefined {
  return text?.slice(0, 100).replace(/[\p{C}\p{Zl}\p{Zp}]/gu, '?');
}

function authOf(args: Arguments): 'clear' | 'challenge' | 'cookie' | 'unknown' {
  const method = textOr(args.get('auth_method') ?? '', 'unknown') || 'clear';
  return method === 'clear' || method === 'challenge' || method === 'cookie' ? method : 'unknown';
}

/** The charset parameter of a Content-Type, if there is one. */
export function charsetOf(contentType: string | undefined): string | undefined {
  const match = /;\s*charset\s*=\s*(?:"([^"]*)"|([^\s;,]+))/i.exec(contentType ?? '');
  return match?.[1] ?? match?.[2];
}

/** Printable ASCII, as most text is: told much faster than the rest. */
const plain = /^[ -~]*$/;

/**
 * Stored text made fit to send: each character that XML 1.0 does not allow, each half of a broken
 * surrogate pair, and each U+FFFD (what stores read bytes as that are not UTF-8) leaves as `?`.
 * @see PROTOCOL §7
 */
export function sendable(text: string): string {
  if (plain.test(text)) return text;
  return text.replace(/[^\t\n\r\u0020-\ud7ff\ue000-\ufffc\u{10000}-\u{10ffff}]/gu, '?');
}
