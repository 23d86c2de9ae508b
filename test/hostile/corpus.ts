/**
 * The corpus of hostile inputs: one file each, which says what is sent and what must come back.
 *
 * A file has header lines, an empty line, and the body. `Then` is what must come back (`verdict.ts`), `Why`
 * the reason. `To` is verb and path where they are not those of the file's folder. `As` names an encoding
 * that the body is put in. `Cut: everywhere` sends every beginning of the body, one after another.
 * `With: a | b` sends the file once for each of these in place of `\@`. All else are headers of the request.
 *
 * In header values and bodies a backslash begins: `\xHH` a byte, `\r` `\n` `\t`, `\\`, `\{1000 text}` a text
 * repeated, in it `\#` the number of the repetition, `\` at the end of a line nothing. Over bare sockets
 * also: `\{pause}` and `\{end}`, after which nothing more is sent.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';

/** A request, whatever carries it. */
export interface HostileRequest {
  readonly verb: string;
  readonly path: string;
  /** A character a byte, as they go over the wire; names may occur twice. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: Uint8Array;
}

/** One file of the corpus. */
export interface HostileFile {
  readonly name: string;
  readonly why: string;
  readonly expected: string;
  /** What it sends: made anew at each call, because some are of many megabytes. */
  requests(): Iterable<HostileRequest>;
}

/** Folders of inputs that any HTTP client can send, and where these go. */
export const families = {
  flat: 'POST /interface/flat',
  xmlrpc: 'POST /interface/xmlrpc',
  cookies: 'POST /interface/flat',
} as const;
export type Family = keyof typeof families;

/** What stands for `\{pause}` and `\{end}` among characters that are bytes. */
export const pause = '\u0100';
export const end = '\u0101';

const folder = new URL('corpus/', import.meta.url);

/** The files of a family, by name. */
export function readFamily(family: Family): HostileFile[] {
  return files(family).map(({ name, fields, body }) => ({
    ...described(name, fields),
    *requests() {
      for (const choice of choices(fields)) {
        const [verb = '', ...path] = expand(one(fields, 'To') ?? families[family], choice).split(' ');
        const headers = fields
          .filter(([field]) => !ours.has(field))
          .map(([field, value]) => [field, expand(value, choice)] as const);
        const whole = encode(expand(body, choice), one(fields, 'As'));
        const cuts = one(fields, 'Cut') === 'everywhere' ? whole.keys() : [whole.length];
        for (const length of cuts) {
          yield { verb, path: path.join(' '), headers, body: whole.subarray(0, length) };
        }
      }
    },
  }));
}

/** A file for bare sockets: every line end in it is CR LF on the wire. */
export interface Conversation extends Omit<HostileFile, 'requests'> {
  /** What is sent, a character a byte, with `pause` and `end` in it. */
  sent(): string[];
}

/** The files for bare sockets. */
export function readConversations(): Conversation[] {
  return files('http').map(({ name, fields, body }) => ({
    ...described(name, fields),
    sent: () => choices(fields).map((choice) => expand(body.replace(/(?<!\\)\n/g, '\\r\\n'), choice)),
  }));
}

const ours: ReadonlySet<string> = new Set(['Then', 'Why', 'To', 'As', 'Cut', 'With']);

type Fields = readonly (readonly [name: string, value: string])[];

/** Read a character a byte: what a file holds in UTF-8 stays UTF-8. */
function files(family: string) {
  const inside = new URL(`${family}/`, folder);
  const names = readdirSync(inside).sort();
  return names.map((file) => {
    const text = readFileSync(new URL(file, inside), 'latin1').replace(/\n$/, '');
    const [head = '', ...body] = text.split('\n\n');
    const fields = head.split('\n').map((line) => {
      const at = line.indexOf(':');
      return [line.slice(0, at), line.slice(at + 1).trim()] as const;
    });
    return { name: `${family}/${file.replace(/\.txt$/, '')}`, fields, body: body.join('\n\n') };
  });
}

function described(name: string, fields: Fields) {
  const [why, expected] = [one(fields, 'Why'), one(fields, 'Then')];
  if (why === undefined || expected === undefined) throw new Error(`${name} does not say Why or Then`);
  const text = (bytes: string) => Buffer.from(bytes, 'latin1').toString();
  return { name, why: text(why), expected: text(expected) };
}

function one(fields: Fields, name: string): string | undefined {
  return fields.find(([field]) => field === name)?.[1];
}

function choices(fields: Fields): readonly string[] {
  return (one(fields, 'With') ?? '').split('|').map((choice) => choice.trim());
}

const escapes: Readonly<Record<string, string>> = { r: '\r', n: '\n', t: '\t', '\n': '', '\\': '\\' };

/** Resolves what backslashes begin. */
function expand(text: string, choice: string, repetition = 0): string {
  const parts: string[] = [];
  let at = 0;
  for (let slash = text.indexOf('\\'); slash !== -1; slash = text.indexOf('\\', at)) {
    const mark = text[slash + 1] ?? '';
    parts.push(text.slice(at, slash));
    at = slash + 2;
    if (mark === 'x') {
      parts.push(String.fromCharCode(Number.parseInt(text.slice(at, at + 2), 16)));
      at += 2;
    } else if (mark === '{') {
      const close = closing(text, at);
      parts.push(repeat(text.slice(at, close), choice));
      at = close + 1;
    } else if (mark === '@') parts.push(expand(choice, ''));
    else if (mark === '#') parts.push(String(repetition));
    else parts.push(escapes[mark] ?? unknown(mark));
  }
  return parts.join('') + text.slice(at);
}

function repeat(inside: string, choice: string): string {
  if (inside === 'pause') return pause;
  if (inside === 'end') return end;
  const [, count = '', text = ''] = /^(\d+) (.*)$/s.exec(inside) ?? unknown(`{${inside}`);
  if (!text.includes('\\')) return text.repeat(Number(count));
  return Array.from({ length: Number(count) }, (_, i) => expand(text, choice, i)).join('');
}

/** The brace that closes the one before `from`. */
function closing(text: string, from: number): number {
  const close = text.indexOf('}', from);
  const inner = text.indexOf('\\{', from);
  if (inner === -1 || close < inner) return close === -1 ? unknown('{') : close;
  return closing(text, closing(text, inner + 2) + 1);
}

function unknown(mark: string): never {
  throw new Error(`the corpus has no escape \\${mark}`);
}

function encode(text: string, encoding: string | undefined): Uint8Array {
  const bytes = Buffer.from(text, 'latin1');
  switch (encoding) {
    case undefined:
      return bytes;
    case 'gzip':
      return gzipSync(bytes);
    case 'utf-16le':
      return Buffer.from(bytes.toString(), 'utf16le');
    case 'utf-16be':
      return Buffer.from(bytes.toString(), 'utf16le').swap16();
    case 'utf-32le':
      return utf32(bytes.toString());
    case 'utf-32be':
      return utf32(bytes.toString()).swap32();
    default:
      throw new Error(`the corpus has no encoding ${encoding}`);
  }
}

function utf32(text: string): Buffer {
  return Buffer.from(Uint32Array.from([...text], (character) => character.codePointAt(0) ?? 0).buffer);
}
