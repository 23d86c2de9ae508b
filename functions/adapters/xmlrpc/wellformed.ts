/**
 * Whether a text is a well-formed XML document without a DTD, found in one pass from start to end.
 * The parser behind it does not validate: it takes mismatched tags, stray text and bad references
 * as they come, and reads instructions and attributes by rules of its own.
 */
import { checkCharacters, checkReferences, isBlank } from './characters.ts';
import {
  cdataEnd,
  commentEnd,
  declarationEnd,
  endTag,
  instructionEnd,
  startTag,
  type Tag,
} from './markup.ts';
import { notWellFormed } from './unreadable.ts';

/** Values within values. @see PROTOCOL §8 */
export const maxLevels = 32;
export const maxMembers = 1000;

/** Elements within elements: what 32 levels of values need is 98. */
export const maxDepth = 100;

/**
 * Checks a document, and returns it without what XML-RPC does not look at: the declaration,
 * comments, processing instructions and attributes.
 * @throws {Unreadable} -32700
 */
export function wellFormed(text: string): string {
  checkCharacters(text);
  const plain = new Excerpt(text);
  const elements = new Elements();
  let at = plain.skip(0, declarationEnd(text));
  while (at < text.length) {
    const next = text.indexOf('<', at);
    const markup = next === -1 ? text.length : next;
    if (markup > at) checkText(text.slice(at, markup), elements.isInside());
    at = markup === text.length ? markup : readMarkup(text, markup, elements, plain);
  }
  elements.finish();
  return plain.toString();
}

/** Reads the markup that begins at `at`, and says where it ends. */
function readMarkup(text: string, at: number, elements: Elements, plain: Excerpt): number {
  if (text.startsWith('</', at)) {
    const tag = endTag(text, at);
    elements.close(tag.name);
    plain.keepTag(tag, at + 2);
    return tag.end;
  }
  if (text.startsWith('<?', at)) return plain.skip(at, instructionEnd(text, at));
  if (text.startsWith('<!--', at)) return plain.skip(at, commentEnd(text, at));
  if (text.startsWith('<![CDATA[', at)) {
    return elements.isInside() ? cdataEnd(text, at) : notWellFormed('text outside the root');
  }
  if (text.startsWith('<!DOCTYPE', at)) return notWellFormed('a DOCTYPE is not accepted');
  const tag = startTag(text, at);
  elements.open(tag.name);
  if (tag.empty) elements.close(tag.name);
  plain.keepTag(tag, at + 1);
  return tag.end;
}

function checkText(text: string, inside: boolean): void {
  if (!inside) {
    if (!isBlank(text)) notWellFormed('text outside the root');
    return;
  }
  if (text.includes(']]>')) notWellFormed('"]]>" outside CDATA');
  checkReferences(text);
}

/** The elements that are open, and what of them is counted. */
class Elements {
  readonly #open: string[] = [];
  #rooted = false;
  #levels = 0;
  #members = 0;

  isInside(): boolean {
    return this.#open.length > 0;
  }

  open(name: string): void {
    if (this.#rooted && this.#open.length === 0) notWellFormed('more than one root');
    this.#rooted = true;
    this.#open.push(name);
    if (name === 'value') this.#levels++;
    if (name === 'member') this.#members++;
    if (this.#levels > maxLevels || this.#open.length > maxDepth) {
      notWellFormed(`nested over ${maxLevels} levels`);
    }
    if (this.#members > maxMembers) notWellFormed(`more than ${maxMembers} members`);
  }

  close(name: string): void {
    if (this.#open.pop() !== name) notWellFormed('an end tag that closes nothing');
    if (name === 'value') this.#levels--;
  }

  finish(): void {
    if (!this.#rooted) notWellFormed('no root');
    if (this.#open.length > 0) notWellFormed('an element that is not closed');
  }
}

/** A text under copy, with parts left out. */
class Excerpt {
  readonly #text: string;
  readonly #kept: string[] = [];
  #from = 0;

  constructor(text: string) {
    this.#text = text;
  }

  /** Leaves out a part, which comes after all that was left out before; returns its end. */
  skip(from: number, to: number): number {
    if (to > from) {
      this.#kept.push(this.#text.slice(this.#from, from));
      this.#from = to;
    }
    return to;
  }

  /**
   * Keeps a tag without its attributes. XML-RPC has no name outside ASCII, and the parser would end
   * one at U+1680 and U+FEFF, which XML counts as letters.
   */
  keepTag(tag: Tag, nameStart: number): void {
    const isAscii = /^[!-~]+$/.test(tag.name);
    this.skip(isAscii ? tag.nameEnd : nameStart, tag.tail);
    if (!isAscii) this.#kept.push('foreign');
  }

  toString(): string {
    return this.#kept.join('') + this.#text.slice(this.#from);
  }
}
