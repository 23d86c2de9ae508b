/** Reads a document as a method call. Any form that XML-RPC does not define is refused. */
import { textOr, type Value } from '../../../core/protocol/values.ts';
import { isScalarType, readScalar, type ScalarType } from './scalars.ts';
import { notACall } from './unreadable.ts';
import { isBlank } from './xml-characters.ts';
import type { Element } from './xml-tree.ts';
import { type Reply, TypedScalar } from './xmlrpc-reply.ts';

/** A call as it was sent. A parameter that is nil is `undefined`. */
export interface MethodCall {
  readonly methodName: string;
  readonly params: readonly (Value | undefined)[];
  /** The only parameter with its types, for the site behind; `undefined` where there is none. */
  typedParam(): Reply | undefined;
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
  const values = params ? elementsOf(params, ['param']).map(valueIn) : [];
  return {
    methodName: textOf(name).trim() || notACall('an empty methodName'),
    params: values.map((value) => value && plainValue(value)),
    typedParam: () => (values[0] ? typedValue(values[0]) : undefined),
  };
}

function valueIn(param: Element): Element | undefined {
  return isEmpty(param) ? undefined : onlyOne(param, 'value');
}

function isEmpty(element: Element): boolean {
  return element.children.length === 0 && isBlank(element.text);
}

/** What a value becomes: the core knows text alone, the site behind also types. */
interface Builder<T> {
  scalar(type: ScalarType, text: string): T;
  nil(): T;
  array(items: readonly T[]): T;
  /** The same name may come more than once: the last one holds, as in the flat form. */
  struct(members: readonly (readonly [name: string, value: T])[]): T;
}

/** A value: untyped text, or one typed element. */
function readValue<T>(value: Element, build: Builder<T>): T {
  const [typed, ...others] = value.children;
  if (!typed) return build.scalar('string', value.text);
  if (others.length > 0 || !isBlank(value.text)) return notACall('a value of more than one part');
  const type = plainType(typed.name);
  if (type === 'struct') return build.struct(readMembers(typed, build));
  if (type === 'array') return build.array(readItems(typed, build));
  const text = textOf(typed);
  if (type === 'nil') return text === '' ? build.nil() : notACall('a nil that is not empty');
  return isScalarType(type) ? build.scalar(type, text) : notACall('a value of unknown type');
}

const plain: Builder<Value | undefined> = {
  scalar: readScalar,
  nil: () => undefined,
  array: (items) => items.filter((item) => item !== undefined),
  struct(members) {
    const read = new Map<string, Value>();
    for (const [name, value] of members) {
      if (value === undefined) read.delete(name);
      else read.set(name, value);
    }
    return read;
  },
};

/** A value as the core takes it; nil is `undefined`. @throws {Unreadable} -32600 */
function plainValue(value: Element): Value | undefined {
  return readValue(value, plain);
}

const typed: Builder<Reply> = {
  scalar: typedScalar,
  nil: () => new TypedScalar('nil', ''),
  array: (items) => items,
  struct: (members) => new Map(members),
};

/** A value with its types. @throws {Unreadable} -32600 */
export function typedValue(value: Element): Reply {
  return readValue(value, typed);
}

/** An empty number is sent as empty text: no server reads an `<int>` without digits. */
function typedScalar(type: ScalarType, text: string): TypedScalar {
  const read = readScalar(type, text);
  if (type === 'string') return new TypedScalar(type, text);
  if (type === 'base64') return new TypedScalar(type, text.replace(/\s/g, ''));
  const trimmed = textOr(read, '');
  return trimmed === '' ? new TypedScalar('string', '') : new TypedScalar(type, trimmed);
}

/**
 * Apache XML-RPC has types beyond the specification, in a namespace of its own: each is read as the type
 * that it is a kind of.
 * @see https://ws.apache.org/xmlrpc/types.html
 */
const apacheTypes: ReadonlyMap<string, string> = new Map([
  ['nil', 'nil'],
  ...['i1', 'i2', 'i8', 'biginteger'].map((type) => [type, 'i8'] as const),
  ...['float', 'bigdecimal'].map((type) => [type, 'double'] as const),
  ['dateTime', 'dateTime.iso8601'],
]);

function plainType(name: string): string {
  const at = name.indexOf(':');
  return (at > 0 ? apacheTypes.get(name.slice(at + 1)) : undefined) ?? name;
}

function readMembers<T>(struct: Element, build: Builder<T>): (readonly [string, T])[] {
  return elementsOf(struct, ['member']).map((member) => {
    const [name, value, ...others] = elementsOf(member, ['name', 'value']);
    if (name?.name !== 'name' || value?.name !== 'value' || others.length > 0) {
      return notACall('a member is one name and one value');
    }
    return [textOf(name), readValue(value, build)];
  });
}

function readItems<T>(array: Element, build: Builder<T>): T[] {
  if (isEmpty(array)) return [];
  return elementsOf(onlyOne(array, 'data'), ['value']).map((value) => readValue(value, build));
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
