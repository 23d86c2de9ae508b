/** DynamoDB's expressions, as far as the store writes them. */
import { isDeepStrictEqual } from 'node:util';
import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import type { Item } from '../../infra/stores/dynamodb/items.ts';

/** What an expression's placeholders stand for. */
export interface Placeholders {
  readonly ExpressionAttributeNames?: Record<string, string> | undefined;
  readonly ExpressionAttributeValues?: Record<string, AttributeValue> | undefined;
}

/** Whether a row, or the absence of one, meets a condition. `AND` binds closer than `OR`. */
export function meets(item: Item | undefined, condition: string, names: Placeholders): boolean {
  const tokens = condition.match(/\(|\)|<>|<=|<|=|,|[#:]?[A-Za-z_][\w.#]*/g) ?? [];
  let at = 0;
  const value = (token: string) =>
    token.startsWith(':') ? names.ExpressionAttributeValues?.[token] : valueAt(item, pathOf(token, names));
  const take = () => tokens[at++] ?? '';
  function either(): boolean {
    let holds = both();
    while (tokens[at] === 'OR') {
      at++;
      holds = both() || holds;
    }
    return holds;
  }
  function both(): boolean {
    let holds = term();
    while (tokens[at] === 'AND') {
      at++;
      holds = term() && holds;
    }
    return holds;
  }
  function term(): boolean {
    const token = take();
    if (token === '(') {
      const holds = either();
      at++;
      return holds;
    }
    if (token === 'attribute_exists' || token === 'attribute_not_exists') {
      at++;
      const found = value(take()) !== undefined;
      at++;
      return found === (token === 'attribute_exists');
    }
    const [operator, left, right] = [take(), value(token), value(take())];
    switch (operator) {
      case '=':
        return left !== undefined && isDeepStrictEqual(left, right);
      case '<>':
        return !isDeepStrictEqual(left, right);
      case '<':
        return left?.N !== undefined && Number(left.N) < Number(right?.N);
      case '<=':
        return left?.N !== undefined && Number(left.N) <= Number(right?.N);
      default:
        throw new Error(`the condition ${condition} cannot be read at ${operator}`);
    }
  }
  return either();
}

/** A row after an update: `SET path = :value`, `ADD`, `DELETE` and `REMOVE`. */
export function updated(item: Item, expression: string, names: Placeholders): Item {
  const copy = structuredClone(item);
  for (const [, action = '', rest = ''] of expression.matchAll(
    /(SET|ADD|DELETE|REMOVE) (.*?)(?= (?:SET|ADD|DELETE|REMOVE) |$)/g,
  )) {
    for (const part of rest.split(',')) {
      const [path = '', name = ''] = part.trim().split(/ = | /);
      const steps = pathOf(path, names);
      const value = names.ExpressionAttributeValues?.[name];
      put(copy, steps, changed(action, valueAt(copy, steps), value));
    }
  }
  return copy;
}

function changed(action: string, old: AttributeValue | undefined, value: AttributeValue | undefined) {
  if (action === 'REMOVE') return undefined;
  if (action === 'SET') return value;
  if (action === 'ADD' && value?.N !== undefined) return { N: String(Number(old?.N ?? 0) + Number(value.N)) };
  const kind = value?.NS ? 'NS' : 'SS';
  const [had, given] = [old?.[kind] ?? [], value?.[kind] ?? []];
  const set =
    action === 'ADD' ? [...new Set([...had, ...given])] : had.filter((each) => !given.includes(each));
  if (set.length === 0) return undefined;
  return (kind === 'NS' ? { NS: set } : { SS: set }) satisfies Partial<Record<'NS' | 'SS', string[]>>;
}

function pathOf(path: string, { ExpressionAttributeNames: names = {} }: Placeholders): string[] {
  return path.split('.').map((step) => names[step] ?? step);
}

function valueAt(
  item: Item | undefined,
  [head = '', ...rest]: readonly string[],
): AttributeValue | undefined {
  const value = item?.[head];
  return rest.length === 0 ? value : valueAt(value?.M, rest);
}

function put(item: Item, [head = '', ...rest]: readonly string[], value: AttributeValue | undefined): void {
  if (rest.length > 0) put(item[head]?.M ?? {}, rest, value);
  else if (value === undefined) delete item[head];
  else item[head] = value;
}
