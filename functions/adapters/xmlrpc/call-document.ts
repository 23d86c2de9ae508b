/** What a document says as a method call. Every shape that XML-RPC does not define is refused. */
import type { Value } from '../../../core/values.ts';
import { isBlank } from './characters.ts';
import { readScalar } from './scalars.ts';
import type { Element } from './tree.ts';
import { notACall } from './unreadable.ts';

/** A call as the wire spells it. A parameter that is nil is `undefined`. */
export interface MethodCall {
  readonly methodName: string;
  readonly params: readonly (Value | undefined)[];
}

/**
 * Reads the root element of a call.
 * @throws {Unreadable} -32600
 * @see PROTOCOL §8
 */
export function readMethodCall(root: Element): MethodCall {
  if (root.name !== 'methodCall') notACall('the root is not methodCall');
  const parts = elementsOf(root, ['methodName', 'params']);
  const [name, ...otherNames] = parts.filter((part) => part.name === 'methodName');
  const [params, ...otherParams] = parts.filter((part) => part.name === 'params');
  if (!name || otherNames.length + otherParams.length > 0) {
    return notACall('it takes one methodName and at most one params');
  }
  return {
    methodName: textOf(name).trim() || notACall('an empty methodName'),
    params: params ? elementsOf(params, ['param']).map(readParam) : [],
  };
}

function readParam(param: Element): Value | undefined {
  return isEmpty(param) ? undefined : readValue(onlyOne(param, 'value'));
}

function isEmpty(element: Element): boolean {
  return element.children.length === 0 && isBlank(element.text);
}

/** A value: untyped text, or one typed element. */
function readValue(value: Element): Value | undefined {
  const [typed, ...others] = value.children;
  if (!typed) return value.text;
  if (others.length > 0 || !isBlank(value.text)) return notACall('a value of more than one part');
  const type = plainType(typed.name);
  if (type === 'struct') return readStruct(typed);
  if (type === 'array') return readArray(typed);
  const text = textOf(typed);
  if (type === 'nil') return text === '' ? undefined : notACall('a nil that is not empty');
  return readScalar(type, text) ?? notACall('a value of unknown type');
}

/** Apache XML-RPC has the types beyond the specification in a namespace of its own. */
function plainType(name: string): string {
  return name === 'ex:nil' || name === 'ex:i8' ? name.slice('ex:'.length) : name;
}

/** Of two members of one name the last one holds, as in the flat form. */
function readStruct(struct: Element): Value {
  const members = new Map<string, Value>();
  for (const member of elementsOf(struct, ['member'])) {
    const [name, value, ...others] = elementsOf(member, ['name', 'value']);
    if (name?.name !== 'name' || value?.name !== 'value' || others.length > 0) {
      return notACall('a member is one name and one value');
    }
    const read = readValue(value);
    if (read === undefined) members.delete(textOf(name));
    else members.set(textOf(name), read);
  }
  return members;
}

function readArray(array: Element): Value {
  if (isEmpty(array)) return [];
  const values = elementsOf(onlyOne(array, 'data'), ['value']).map(readValue);
  return values.filter((value) => value !== undefined);
}

function onlyOne(parent: Element, name: string): Element {
  const [child, ...others] = elementsOf(parent, [name]);
  return child && others.length === 0 ? child : notACall(`a ${parent.name} has one ${name}`);
}

/** The children of an element that has no text of its own. */
function elementsOf(parent: Element, names: readonly string[]): readonly Element[] {
  if (!isBlank(parent.text)) notACall(`text between the parts of a ${parent.name}`);
  if (!parent.children.every((child) => names.includes(child.name))) {
    notACall(`a ${parent.name} with parts that it does not have`);
  }
  return parent.children;
}

function textOf(element: Element): string {
  return element.children.length === 0 ? element.text : notACall(`elements inside a ${element.name}`);
}
