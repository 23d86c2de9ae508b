/** What the two endpoints share: each reads the bytes of a request and writes the text of a reply. */
import { type AuthMethod, authMethodIn, clearArgumentIn } from '../../core/auth/credentials.ts';
import type { SecretUsed } from '../../core/auth/verification.ts';
import type { Context } from '../../core/protocol/context.ts';
import type { Outcome } from '../../core/protocol/refusal.ts';
import { type Arguments, textOf } from '../../core/protocol/values.ts';
import { printable } from './printable.ts';

/** A request to one of the gateway's endpoints. */
export interface EndpointRequest {
  readonly body: Uint8Array;
  /** The `Content-Type` header: a hint about the charset, never a reason to refuse. */
  readonly contentType: string | undefined;
  readonly context: Context;
  readonly facts: RequestFacts;
}

/** What the site behind is told about the request, and how much of a reply the platform can return. */
export interface RequestFacts {
  readonly scheme: 'http' | 'https';
  /** The platform's id of the request. */
  readonly request: string;
  /** Bytes. */
  readonly largestReply: number;
}

/** What to send back, with HTTP status 200 unless the body was too large, and what to log about it. */
export interface EndpointReply {
  /** Text, or the bytes of the site behind. */
  readonly body: string | Uint8Array;
  /** Present where memory is counted for the body: to be called once it was sent. */
  readonly release?: () => void;
  /** The call was read, and is larger than its method may be. */
  readonly tooLarge?: true;
  readonly contentType: string;
  /** One entry for each call; `system.multicall` makes several. */
  readonly reports: readonly CallReport[];
}

/** An endpoint: one of the two wire forms of the protocol. */
export interface Endpoint {
  readonly wire: 'flat' | 'xmlrpc';
  /** Whether calls go on to a site behind, which may be larger. */
  readonly relays: boolean;
  /** Answers any bytes at all with a well-formed reply; never throws. */
  answer(request: EndpointRequest): Promise<EndpointReply>;
  /** The body of the 413 for a request over `limit` bytes. */
  tooLarge(limit: number): EndpointReply;
  /** Refuses a call that was not read. */
  refuse(code: 507): EndpointReply;
}

/** What is logged about a call; never a credential. */
export interface CallReport {
  readonly method: string;
  readonly account?: string;
  readonly auth?: AuthMethod | 'unknown';
  /** Which secret was shown: of `clear` in each form, of a challenge only where it was a client key's. */
  readonly shown?: 'password' | 'hpassword' | 'client-key';
  /** The client's own name, from `clientversion`. */
  readonly client?: string;
  /** The name of the token by which a site's own code asked. */
  readonly token?: string;
  /** `ok`, a refusal's code, the code of an XML-RPC fault, or the HTTP status of a problem. */
  readonly outcome: 'ok' | number;
  /** The call was for the site behind. What the site made of it is not looked at. */
  readonly relayed?: true;
  /** Milliseconds that the site took, and its HTTP status. */
  readonly upstreamMs?: number;
  readonly upstreamStatus?: number;
  /** The error behind a refusal of 500 or more. */
  readonly cause?: unknown;
}

/** Reports an answered call. */
export function report(
  method: string,
  args: Arguments,
  account: string | undefined,
  answer: Outcome<unknown> & { readonly cause?: unknown; readonly used?: SecretUsed['kind'] },
): CallReport {
  const client = printable(textOf(args.get('clientversion')));
  return {
    method,
    ...(account !== undefined && { account, ...authenticationIn(args, answer.used) }),
    ...(client && { client }),
    outcome: answer.ok ? 'ok' : answer.refusal.code,
    ...('cause' in answer && { cause: answer.cause }),
  };
}

function authenticationIn(
  args: Arguments,
  used: SecretUsed['kind'] | undefined,
): Pick<CallReport, 'auth' | 'shown'> {
  const auth = authMethodIn(args);
  if (used === 'clientKey') return { auth, shown: 'client-key' };
  return auth === 'clear' ? { auth, shown: clearArgumentIn(args) } : { auth };
}

/** The charset parameter of a Content-Type, if there is one. */
export function charsetOf(contentType: string | undefined): string | undefined {
  const match = /;\s*charset\s*=\s*(?:"([^"]*)"|([^\s;,]+))/i.exec(contentType ?? '');
  return match?.[1] ?? match?.[2];
}

/** Printable ASCII, as most text is; this test is much faster than the replacement. */
const plain = /^[ -~]*$/;

/**
 * Stored text that can be sent. `?` replaces each character that XML 1.0 does not allow, each half of a broken
 * surrogate pair, and each U+FFFD, which stores return for bytes that are not UTF-8.
 * @see PROTOCOL §7
 */
export function sendable(text: string): string {
  if (plain.test(text)) return text;
  return text.replace(/[^\t\n\r\u0020-\ud7ff\ue000-\ufffc\u{10000}-\u{10ffff}]/gu, '?');
}
