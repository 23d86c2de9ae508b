/** The members of the struct that a call or a reply has, each as the XML of its value. */
import { XMLBuilder, XMLParser } from 'fast-xml-parser';

interface XmlNode {
  readonly [name: string]: readonly XmlNode[] | string;
}

const options = {
  preserveOrder: true,
  trimValues: false,
  parseTagValue: false,
  ignoreAttributes: true,
} as const;
const parser = new XMLParser(options);
const builder = new XMLBuilder({ ...options, suppressEmptyNode: false });

/** The first struct's members; text alone where the value is a string. @throws {Error} where it is not well-formed */
export function xmlMembers(document: string): ReadonlyMap<string, string> {
  const struct = find(parser.parse(document), 'struct') ?? [];
  return new Map(
    childrenOf(struct, 'member').map((member) => {
      const [name] = childrenOf(member, 'name');
      const [value] = childrenOf(member, 'value');
      return [textOf(name ?? []), spelled(value ?? [])];
    }),
  );
}

function find(nodes: readonly XmlNode[], name: string): readonly XmlNode[] | undefined {
  for (const node of nodes) {
    for (const [key, inner] of Object.entries(node)) {
      if (typeof inner === 'string') continue;
      const found = key === name ? inner : find(inner, name);
      if (found) return found;
    }
  }
  return undefined;
}

function childrenOf(nodes: readonly XmlNode[], name: string): (readonly XmlNode[])[] {
  return nodes.flatMap((node) => {
    const inner = node[name];
    return Array.isArray(inner) ? [inner as readonly XmlNode[]] : [];
  });
}

function textOf(nodes: readonly XmlNode[]): string {
  return nodes.map((node) => node['#text'] ?? '').join('');
}

/** A value without the white space between its elements; a string as its text. */
function spelled(value: readonly XmlNode[]): string {
  const typed = value.filter((node) => node['#text'] === undefined);
  const [only] = typed;
  if (!only) return textOf(value);
  const string = only['string'];
  if (Array.isArray(string)) return textOf(string as readonly XmlNode[]);
  return String(builder.build(typed)).replace(/>\s+</g, '><');
}
