/** Characters, names and references of XML 1.0. Every regular expression here takes linear time. */
import { notWellFormed } from './unreadable.ts';

/** A character that no XML document may hold. */
const forbidden = /[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/u;

/** @throws {Unreadable} for a text that holds a character that XML does not allow */
export function checkCharacters(text: string): void {
  if (forbidden.test(text)) notWellFormed('a character that XML does not allow');
}

const nameStart =
  ':A-Z_a-z\\u{c0}-\\u{d6}\\u{d8}-\\u{f6}\\u{f8}-\\u{2ff}\\u{370}-\\u{37d}\\u{37f}-\\u{1fff}\\u{200c}\\u{200d}' +
  '\\u{2070}-\\u{218f}\\u{2c00}-\\u{2fef}\\u{3001}-\\u{d7ff}\\u{f900}-\\u{fdcf}\\u{fdf0}-\\u{fffd}' +
  '\\u{10000}-\\u{effff}';
const nameRest = '\\-.0-9\\u{b7}\\u{300}-\\u{36f}\\u{203f}\\u{2040}';
const name = new RegExp(`[${nameStart}][${nameStart}${nameRest}]*`, 'uy');

/** The name that begins at `at`. @throws {Unreadable} where none does */
export function nameAt(text: string, at: number): string {
  name.lastIndex = at;
  return name.exec(text)?.[0] ?? notWellFormed('a name was expected');
}

const spaces = /[ \t\r\n]*/y;

/** Where the white space that begins at `at` ends: `at` itself when there is none. */
export function skipSpace(text: string, at: number): number {
  spaces.lastIndex = at;
  return spaces.test(text) ? spaces.lastIndex : at;
}

/** Whether a text is nothing but what XML calls white space. */
export function isBlank(text: string): boolean {
  return skipSpace(text, 0) === text.length;
}

const named: ReadonlyMap<string, string> = new Map([
  ['amp', '&'],
  ['lt', '<'],
  ['gt', '>'],
  ['quot', '"'],
  ['apos', "'"],
]);

const reference = /&(?:#x([0-9a-fA-F]+)|#([0-9]+)|([a-z]+));/y;

/** Checks every `&` of a text. @throws {Unreadable} where one begins no reference that we know */
export function checkReferences(text: string): void {
  for (let at = text.indexOf('&'); at !== -1; at = text.indexOf('&', at + 1)) {
    reference.lastIndex = at;
    const match = reference.exec(text);
    const decoded = match && referenced(match[1], match[2], match[3]);
    if (decoded === undefined || decoded === null || forbidden.test(decoded)) {
      notWellFormed('a reference to no character that XML has');
    }
  }
}

/** Resolves the references of a text that `checkReferences` found good. */
export function resolveReferences(text: string): string {
  if (!text.includes('&')) return text;
  return text.replace(
    /&(?:#x([0-9a-fA-F]+)|#([0-9]+)|([a-z]+));/g,
    (whole, hex?: string, decimal?: string, entity?: string) => referenced(hex, decimal, entity) ?? whole,
  );
}

function referenced(
  hex: string | undefined,
  decimal: string | undefined,
  entity: string | undefined,
): string | undefined {
  if (entity !== undefined) return named.get(entity);
  const code = hex === undefined ? Number(decimal) : Number.parseInt(hex, 16);
  return code <= 0x10ffff ? String.fromCodePoint(code) : undefined;
}
