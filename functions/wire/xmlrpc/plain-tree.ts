/**
 * Reads the elements of a simple document in one pass: without attributes, comments, CDATA, references and
 * empty-element tags, as nearly all clients write them. Any other document, a wrong one included, is left to
 * `wellFormed` and fast-xml-parser, which read simple ones in the same way.
 */
import { maxDepth, maxLevels, maxMembers } from './well-formed.ts';
import { isBlank } from './xml-characters.ts';
import type { Element } from './xml-tree.ts';

/** An element that is not closed yet. */
interface OpenElement extends Element {
  text: string;
  readonly children: Element[];
}

/** The elements that XML-RPC has, under the names that clients give them. */
const names: ReadonlySet<string> = new Set([
  ...['methodCall', 'methodName', 'params', 'param', 'value', 'struct', 'member', 'name', 'array', 'data'],
  ...['string', 'int', 'i4', 'i8', 'boolean', 'double', 'base64', 'dateTime.iso8601', 'nil'],
]);

const declaration = /^<\?xml version="1\.0"(?: encoding="[A-Za-z0-9-]+")? ?\?>/;
const startTag = /<([A-Za-z0-9.]+)>/y;

/** `&` begins a reference; the other characters are not allowed by XML, or are halves of surrogate pairs. */
const special = /[^\t\n\r -%'-\ud7ff\ue000-\ufffd]/;

/** The root of a plain document; `undefined` for any other text. */
export function plainTree(document: string, mostMembers = maxMembers): Element | undefined {
  if (special.test(document)) return undefined;
  const text = document.replaceAll(/\r\n?/g, '\n');
  const open: OpenElement[] = [{ name: '', text: '', children: [] }];
  let levels = 0;
  let members = 0;
  let at = declaration.exec(text)?.[0].length ?? 0;
  for (;;) {
    const parent = open[open.length - 1];
    if (!parent) return undefined;
    const markup = text.indexOf('<', at);
    if (markup !== at) parent.text += text.slice(at, markup === -1 ? undefined : markup);
    if (markup === -1) return open.length === 1 ? onlyRoot(parent) : undefined;
    if (text[markup + 1] === '/') {
      at = markup + parent.name.length + 3;
      if (open.length === 1 || text.slice(markup + 2, at) !== `${parent.name}>`) return undefined;
      if (parent.text.includes(']]>')) return undefined;
      if (parent.name === 'value') levels--;
      open.pop();
    } else {
      startTag.lastIndex = markup;
      const name = startTag.exec(text)?.[1] ?? '';
      if (!names.has(name)) return undefined;
      if (name === 'value') levels++;
      if (name === 'member') members++;
      const element: OpenElement = { name, text: '', children: [] };
      parent.children.push(element);
      if (open.push(element) > maxDepth || levels > maxLevels || members > mostMembers) return undefined;
      at = startTag.lastIndex;
    }
  }
}

function onlyRoot({ text, children }: Element): Element | undefined {
  return children.length === 1 && isBlank(text) ? children[0] : undefined;
}
