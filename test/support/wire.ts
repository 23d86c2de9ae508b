/** Reads replies as clients do, and insists on what clients rely on. */
import { md5Hex } from '../../core/auth/digest.ts';

/** A reply or a refusal, recognized as clients of its wire do. */
export interface WireReply {
  readonly ok: boolean;
  /** The error text of a refusal, else ''. */
  readonly why: string;
  value(name: string): string | undefined;
}

/** Line pairs as a map; throws where a flat client would go wrong. */
export function readFlat(text: string): Map<string, string> {
  if (text.includes('\r')) throw new Error('a flat reply holds a carriage return');
  const lines = text.split('\n');
  if (lines.pop() !== '') throw new Error('a flat reply does not end in a line feed');
  const pairs = new Map<string, string>();
  for (let i = 0; i < lines.length; i += 2) pairs.set(lines[i] ?? '', lines[i + 1] ?? '');
  const keys = [...pairs.keys()];
  if (keys.join('\n') !== keys.toSorted().join('\n')) throw new Error(`keys out of order: ${keys}`);
  return pairs;
}

/** A flat reply. */
export function flatReply(text: string): WireReply {
  const pairs = readFlat(text);
  const ok = pairs.get('success') === 'OK';
  if (!ok && pairs.has('ljsession')) throw new Error('refused, yet carries ljsession');
  return { ok, why: ok ? '' : (pairs.get('errmsg') ?? ''), value: (name) => pairs.get(name) };
}

/** An XML-RPC reply, read no better than the simplest clients read it. */
export function xmlrpcReply(text: string): WireReply {
  const value = (name: string) =>
    new RegExp(`<name>${name}</name>\\s*<value>(?:<(?:string|int)>)?([^<]*)`).exec(text)?.[1];
  const ok = !text.includes('<fault>');
  return { ok, why: ok ? '' : `${value('faultCode')} ${value('faultString')}`, value };
}

/** The answer to a challenge. */
export function respond(challenge: string, password: string): string {
  return md5Hex(challenge + md5Hex(password));
}

/** An XML-RPC call with string arguments; ready-made XML is taken as it is. */
export function callDocument(method: string, args: Readonly<Record<string, string>> = {}): string {
  const members = Object.entries(args).map(([name, value]) => {
    const typed = value.startsWith('<') ? value : `<string>${value}</string>`;
    return `<member><name>${name}</name><value>${typed}</value></member>`;
  });
  const struct = `<struct>${members.join('')}</struct>`;
  return `<?xml version="1.0"?><methodCall><methodName>${method}</methodName><params><param><value>${struct}</value></param></params></methodCall>`;
}
