/**
 * Checks in one pass that a text is a well-formed XML document without a DTD. fast-xml-parser does not: it
 * accepts mismatched tags, stray text and bad references, and reads instructions and attributes by rules of
 * its own.
 */

import { notWellFormed } from './unreadable.ts';
import { checkCharacters, checkReferences, isBlank } from './xml-characters.ts';
import {
  cdataEnd,
  commentEnd,
  declarationEnd,
  endTag,
  instructionEnd,
  startTag,
  type Tag,
} from './xml-markup.ts';

/** Values within values. @see PROTOCOL §8 */
export const maxLevels = 32;
export const maxMembers = 1000;
/** With a site behind. @see PROTOCOL §10 */
export const maxRelayedMembers = 10_000;

/** Elements within elements: what 32 levels of values need is 98. */
export const maxDepth = 100;

/**
 * Checks a document, and returns it without what XML-RPC does not look at: the declaration,
 * comments, processing instructions and attributes.
 * @throws {Unreadable} -32700
 */
export function wellFormed(text: string, mostMembers = maxMembers): string {
  checkCharacters(text);
  const plain = new Excerpt(text);
  const elements = new Elements(mostMembers);
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

/** Reads the markup that begins at `at`; returns where it ends. */
function readMarkup(text: string, at: number, elements: Elements, plain: Excerpt): number {
  if (text.startsWith('</', at)) {
    const tag = endTag(text, at);
    elements.close(tag.name);
    plain.copyTag(tag, at + 2);
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
  plain.copyTag(tag, at + 1);
  return tag.end;
}

/** @throws {Unreadable} -32700 */
export function tooManyMembers(most: number): never {
  return notWellFormed(`more than ${most} members`);
}

function checkText(text: string, inside: boolean): void {
  if (!inside) {
    if (!isBlank(text)) notWellFormed('text outside the root');
    return;
  }
  if (text.includes(']]>')) notWellFormed('"]]>" outside CDATA');
  checkReferences(text);
}

/** The elements that are open, and the counts that are limited. */
class Elements {
  readonly #open: string[] = [];
  readonly #mostMembers: number;
  #rooted = false;
  #levels = 0;
  #members = 0;

  constructor(mostMembers: number) {
    this.#mostMembers = mostMembers;
  }

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
    if (this.#members > this.#mostMembers) tooManyMembers(this.#mostMembers);
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

/** A copy of a text without some of its parts. */
class Excerpt {
  readonly #text: string;
  readonly #pieces: string[] = [];
  #from = 0;

  constructor(text: string) {
    this.#text = text;
  }

  /** Leaves out a part, which must come after those left out before; returns its end. */
  skip(from: number, to: number): number {
    if (to > from) {
      this.#pieces.push(this.#text.slice(this.#from, from));
      this.#from = to;
    }
    return to;
  }

  /**
   * Copies a tag without its attributes. A name that is not ASCII becomes `unknownName`: XML-RPC has no such name,
   * and fast-xml-parser ends a name at U+1680 and U+FEFF, which XML counts as letters.
   */
  copyTag(tag: Tag, nameStart: number): void {
    const isAscii = /^[!-~]+$/.test(tag.name);
    this.skip(isAscii ? tag.nameEnd : nameStart, tag.tail);
    if (!isAscii) this.#pieces.push('unknownName');
  }

  toString(): string {
    return this.#pieces.join('') + this.#text.slice(this.#from);
  }
}
