/** Reads the markup of an XML document: declaration, instructions, comments, CDATA and tags. */
import { notWellFormed } from './unreadable.ts';
import { checkReferences, nameAt, skipSpace } from './xml-characters.ts';

const declaration =
  /<\?xml[ \t\r\n]+version[ \t\r\n]*=[ \t\r\n]*(?:"1\.[0-9]+"|'1\.[0-9]+')(?:[ \t\r\n]+encoding[ \t\r\n]*=[ \t\r\n]*(?:"[A-Za-z][A-Za-z0-9._-]*"|'[A-Za-z][A-Za-z0-9._-]*'))?(?:[ \t\r\n]+standalone[ \t\r\n]*=[ \t\r\n]*(?:"(?:yes|no)"|'(?:yes|no)'))?[ \t\r\n]*\?>/y;

/** Where the XML declaration ends: 0 for a document without one. */
export function declarationEnd(text: string): number {
  if (!/^<\?xml[ \t\r\n]/.test(text)) return 0;
  declaration.lastIndex = 0;
  return declaration.test(text) ? declaration.lastIndex : notWellFormed('a bad XML declaration');
}

/** Where the processing instruction that begins at `at` ends. */
export function instructionEnd(text: string, at: number): number {
  const target = nameAt(text, at + 2);
  if (target.toLowerCase() === 'xml') notWellFormed('an XML declaration that is not at the very start');
  const after = at + 2 + target.length;
  if (!text.startsWith('?>', after) && skipSpace(text, after) === after) {
    notWellFormed('a bad processing instruction');
  }
  return endOf(text, '?>', after);
}

/** Where the comment that begins at `at` ends. */
export function commentEnd(text: string, at: number): number {
  const end = endOf(text, '--', at + 4);
  return text[end] === '>' ? end + 1 : notWellFormed('"--" inside a comment');
}

/** Where the CDATA section that begins at `at` ends. */
export function cdataEnd(text: string, at: number): number {
  return endOf(text, ']]>', at + '<![CDATA['.length);
}

function endOf(text: string, mark: string, from: number): number {
  const found = text.indexOf(mark, from);
  return found === -1 ? notWellFormed(`"${mark}" was expected before the end`) : found + mark.length;
}

/** A tag. Attributes and white space are between `nameEnd` and `tail`. */
export interface Tag {
  readonly name: string;
  readonly nameEnd: number;
  /** Where its closing `>` or `/>` begins. */
  readonly tail: number;
  readonly end: number;
  readonly empty: boolean;
}

/** The start tag or empty tag that begins at `at`. */
export function startTag(text: string, at: number): Tag {
  const name = nameAt(text, at + 1);
  const nameEnd = at + 1 + name.length;
  const tail = skipAttributes(text, nameEnd);
  if (text[tail] === '>') return { name, nameEnd, tail, end: tail + 1, empty: false };
  if (text.startsWith('/>', tail)) return { name, nameEnd, tail, end: tail + 2, empty: true };
  return notWellFormed('a bad tag');
}

/** The end tag that begins at `at`. */
export function endTag(text: string, at: number): Tag {
  const name = nameAt(text, at + 2);
  const nameEnd = at + 2 + name.length;
  const tail = skipSpace(text, nameEnd);
  if (text[tail] !== '>') notWellFormed('a bad end tag');
  return { name, nameEnd, tail, end: tail + 1, empty: false };
}

function skipAttributes(text: string, from: number): number {
  let at = skipSpace(text, from);
  if (text[at] === '>' || text[at] === '/') return at;
  const seen = new Set<string>();
  for (let end = from; at > end && text[at] !== '>' && text[at] !== '/'; at = skipSpace(text, end)) {
    const name = nameAt(text, at);
    if (seen.has(name)) notWellFormed('an attribute given twice');
    seen.add(name);
    end = attributeValueEnd(text, skipSpace(text, at + name.length));
  }
  return at;
}

function attributeValueEnd(text: string, at: number): number {
  if (text[at] !== '=') notWellFormed('an attribute without a value');
  const open = skipSpace(text, at + 1);
  const quote = text[open];
  if (quote !== '"' && quote !== "'") return notWellFormed('an attribute value without quotes');
  const end = endOf(text, quote, open + 1);
  const value = text.slice(open + 1, end - 1);
  if (value.includes('<')) notWellFormed('"<" inside an attribute value');
  checkReferences(value);
  return end;
}
