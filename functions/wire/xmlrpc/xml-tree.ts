/** Reads the elements of a well-formed document, by fast-xml-parser. */
import { XMLParser } from 'fast-xml-parser';
import { notACall } from './unreadable.ts';
import { maxDepth } from './well-formed.ts';
import { resolveReferences } from './xml-characters.ts';

/** An element: its own text, and the elements in it, each in order. */
export interface Element {
  readonly name: string;
  readonly text: string;
  readonly children: readonly Element[];
}

/** A node of fast-xml-parser under `preserveOrder`: one name, one content. */
interface ParsedNode {
  readonly [name: string]: string | readonly ParsedNode[];
}

/** By default it trims, guesses numbers and expands entities by rules of its own. */
const parser = new XMLParser({
  preserveOrder: true,
  trimValues: false,
  parseTagValue: false,
  processEntities: false,
  ignoreAttributes: true,
  ignoreDeclaration: true,
  ignorePiTags: true,
  textNodeName: '#text',
  cdataPropName: '#cdata',
  jPath: false,
  maxNestedTags: maxDepth,
});

/**
 * The root of a document that `wellFormed` passed. Line ends are LF, references are resolved.
 * @throws {Unreadable} -32600 for element names that the parser refuses, like `__proto__`
 */
export function readTree(plain: string): Element {
  const [root] = elementOf('', parse(plain)).children;
  return root ?? notACall('no root');
}

function parse(plain: string): readonly ParsedNode[] {
  try {
    return parser.parse(plain);
  } catch {
    return notACall('an element that XML-RPC does not have');
  }
}

function elementOf(name: string, content: readonly ParsedNode[]): Element {
  let text = '';
  const children: Element[] = [];
  for (const node of content) {
    for (const [key, inner] of Object.entries(node)) {
      if (typeof inner === 'string') text += resolveReferences(inner);
      else if (key === '#cdata') text += rawText(inner);
      else children.push(elementOf(key, inner));
    }
  }
  return { name, text, children };
}

function rawText(cdata: readonly ParsedNode[]): string {
  return cdata.map((node) => node['#text']).join('');
}
