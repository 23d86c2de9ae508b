/**
 * What must come back, and whether it did. `Then` is one of:
 *
 *     OK [KEY=VALUE]    flat, answered, with this pair
 *     FAIL [ERRMSG]     flat, refused, with this text
 *     result [TEXT]     XML-RPC, answered, with this text in it
 *     fault [CODE]      XML-RPC, refused, with this code
 *     answer            either, whichever: well-formed
 *     404               a status that is HTTP's own
 *
 * Whatever it is, it is well formed and tells nothing of the server's insides.
 */
import sax from 'sax';
import { expect } from 'vitest';
import { readFlat } from '../support/wire.ts';

/** A reply, whatever carried it. */
export interface HostileReply {
  readonly status: number;
  /** By lower-case name. */
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
}

/** Holds a reply to what must come back. */
export function expectReply(reply: HostileReply, expected: string): void {
  const [kind = '', ...rest] = expected.split(' ');
  const detail = rest.join(' ');
  expectWellFormed(reply);
  if (/^\d+$/.test(kind)) {
    expect(reply.status).toBe(Number(kind));
    return;
  }
  expect([reply.status, reply.headers['cache-control']]).toEqual([200, 'no-store, no-transform']);
  const seen = summary(reply);
  if (kind !== 'answer') expect(seen.kind, reply.text.slice(0, 500)).toBe(kind);
  if (detail === '') return;
  if (kind === 'OK' || kind === 'result') expect(seen.detail).toContain(detail);
  else expect(seen.detail).toBe(detail);
}

/** What any reply keeps to: its length, its type, its form. */
export function expectWellFormed({ status, headers, text }: HostileReply): void {
  expect(text).not.toMatch(/node_modules|\.ts:\d|\n\s+at |\bError:/);
  expect(headers['content-length'] ?? String(Buffer.byteLength(text))).toBe(String(Buffer.byteLength(text)));
  if (status !== 200 && status !== 413) return;
  if (headers['content-type'] === 'text/xml; charset=utf-8') expectXml(text);
  else {
    expect(headers['content-type']).toBe('text/plain; charset=utf-8');
    expectFlat(text);
  }
}

/** Characters that neither wire may carry, whatever was sent. */
const unsendable = /[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/u;

/** One that an XML parser of another make takes; reading it goes by its fixed spelling. */
function expectXml(text: string): void {
  expect(text).not.toMatch(unsendable);
  const parser = sax.parser(true);
  parser.onerror = (error) => {
    throw error;
  };
  parser.write(text).close();
  expect(text).toMatch(
    /^<\?xml version="1\.0" encoding="UTF-8"\?><methodResponse>(?:<params><param>.*<\/param><\/params>|<fault>.*<\/fault>)<\/methodResponse>$/s,
  );
}

/** A refusal has its two keys and no other: an `ljsession` beside them would be taken for one. */
function expectFlat(text: string): void {
  expect(text).not.toMatch(unsendable);
  const pairs = flatPairs(text);
  expect(['OK', 'FAIL']).toContain(pairs.get('success'));
  if (pairs.get('success') === 'FAIL') expect([...pairs.keys()]).toEqual(['errmsg', 'success']);
}

function flatPairs(text: string): Map<string, string> {
  return text.includes('\n') ? readFlat(text) : new Map(new URLSearchParams(text.replace(/&$/, '')));
}

function summary({ headers, text }: HostileReply): { readonly kind: string; readonly detail: string } {
  if (headers['content-type']?.startsWith('text/xml')) {
    const fault = /<fault>.*<name>faultCode<\/name><value><int>(-?\d+)</.exec(text)?.[1];
    return fault === undefined ? { kind: 'result', detail: text } : { kind: 'fault', detail: fault };
  }
  const pairs = flatPairs(text);
  const all = [...pairs].map((pair) => pair.join('=')).join('\n');
  return pairs.get('success') === 'OK'
    ? { kind: 'OK', detail: all }
    : { kind: 'FAIL', detail: pairs.get('errmsg') ?? '' };
}
