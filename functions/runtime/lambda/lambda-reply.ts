/** Converts responses to what Lambda's front ends take. */
import type { WireResponse } from '../../wire/wire-request.ts';
import type { HttpEvent } from './lambda-request.ts';

/** What a handler returns to Lambda. */
export interface LambdaReply {
  readonly statusCode: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly multiValueHeaders?: Readonly<Record<string, readonly string[]>>;
  readonly cookies?: readonly string[];
  readonly body: string;
  readonly isBase64Encoded: boolean;
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Nearly every reply of a site is text. A REST API returns base64 as it is, unless it is set up for binary types. */
function textIn(bytes: Uint8Array): string | undefined {
  try {
    return utf8.decode(bytes);
  } catch {
    return undefined;
  }
}

/** The response in the form of the event's front end. */
export function replyTo(
  event: HttpEvent,
  { status, headers, cookies, body: content, release }: WireResponse,
): LambdaReply {
  const lower = Object.entries(headers).map(([name, value]): [string, string] => [name.toLowerCase(), value]);
  const text = typeof content === 'string' ? content : textIn(content);
  const isBase64Encoded = text === undefined;
  const body = text ?? Buffer.from(content).toString('base64');
  release?.();
  const reply = { statusCode: status, body, isBase64Encoded } as const;
  const single = Object.fromEntries(lower);
  if (event.requestContext?.http)
    return { ...reply, headers: single, ...(cookies.length > 0 && { cookies }) };
  if (event.multiValueHeaders) {
    const lists = Object.fromEntries(lower.map(([name, value]) => [name, [value]]));
    return {
      ...reply,
      multiValueHeaders: { ...lists, ...(cookies.length > 0 && { 'set-cookie': cookies }) },
    };
  }
  const [cookie] = cookies;
  return { ...reply, headers: { ...single, ...(cookie !== undefined && { 'set-cookie': cookie }) } };
}
