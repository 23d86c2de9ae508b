/**
 * Runs saved queries of CloudWatch Logs Insights over log lines: `fields`, `filter`, `stats`, `sort` and `limit`.
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CWL_QuerySyntax.html
 */
import { type Expression, type Fields, readExpression, TokenReader, type Value } from './expression.ts';

/** One row of an answer. */
export type Row = ReadonlyMap<string, string | number>;

/** A query that was read. */
export interface Query {
  /** The fields of log lines that it names; not the names that it gives itself. */
  readonly names: ReadonlySet<string>;
  run(lines: readonly Fields[]): readonly Row[];
}

interface Command {
  readonly names: readonly string[];
  readonly gives: readonly string[];
  run(rows: readonly Row[]): readonly Row[];
}

/** Reads a query. @throws {Error} for what AWS would refuse, and for commands that no query here uses */
export function readQuery(source: string): Query {
  const text = source.replace(/^\s*#.*$/gm, '').trim();
  const commands = text.split(/\|(?=\s*(?:fields|filter|stats|sort|limit)\b)/).map(readCommand);
  const names = new Set<string>();
  const given = new Set<string>();
  for (const { names: named, gives } of commands) {
    for (const name of named) if (!given.has(name)) names.add(name);
    for (const name of gives) given.add(name);
  }
  return {
    names,
    run: (lines) => commands.reduce<readonly Row[]>((rows, command) => command.run(rows), lines),
  };
}

/** A JSON line as it is discovered: objects inside under dotted names, `true` and `false` as 1 and 0. */
export function discover(line: string, at: number): Fields {
  const found = new Map<string, string | number>([
    ['@message', line],
    ['@timestamp', at],
  ]);
  const add = (value: unknown, path: string): void => {
    if (typeof value === 'object' && value !== null) {
      for (const [name, inner] of Object.entries(value)) add(inner, path ? `${path}.${name}` : name);
    } else if (typeof value === 'string' || typeof value === 'number') found.set(path, value);
    else if (typeof value === 'boolean') found.set(path, Number(value));
  };
  add(JSON.parse(line), '');
  return found;
}

function readCommand(source: string): Command {
  const reader = new TokenReader(source);
  const command = commandAt(reader);
  if (!reader.ended) throw new Error(`cannot be read to its end: ${source}`);
  return command;
}

function commandAt(reader: TokenReader): Command {
  const { text } = reader.next();
  switch (text) {
    case 'fields': {
      const shown = listOf(reader, () => readExpression(reader));
      // Later commands still see what is not shown.
      return { names: shown.flatMap(({ names }) => names), gives: [], run: (rows) => rows };
    }
    case 'filter': {
      const condition = readExpression(reader);
      return { ...condition, gives: [], run: (rows) => rows.filter((row) => condition.valueOn(row)) };
    }
    case 'stats':
      return readStats(reader);
    case 'sort': {
      const field = readExpression(reader);
      const down = reader.take('desc', 'asc') === 'desc';
      const order = (a: Row, b: Row) => compared(field.valueOn(a), field.valueOn(b)) * (down ? -1 : 1);
      return { ...field, gives: [], run: (rows) => rows.toSorted(order) };
    }
    case 'limit': {
      const most = Number(reader.next().text);
      if (!(most >= 1 && most <= 10_000)) throw new Error('limit wants 1 to 10000');
      return { names: [], gives: [], run: (rows) => rows.slice(0, most) };
    }
    default:
      throw new Error(`there is no command ${text}`);
  }
}

function listOf<T>(reader: TokenReader, read: () => T): T[] {
  const found = [read()];
  while (reader.take(',') !== undefined) found.push(read());
  return found;
}

interface Aggregate {
  readonly name: string;
  readonly names: readonly string[];
  over(rows: readonly Row[]): string | number | undefined;
}

function readStats(reader: TokenReader): Command {
  const aggregates = listOf(reader, () => readAggregate(reader));
  reader.expect('by');
  const keys = listOf(reader, () => readExpression(reader));
  return {
    names: [...aggregates.flatMap(({ names }) => names), ...keys.flatMap(({ names }) => names)],
    gives: aggregates.map(({ name }) => name),
    run(rows) {
      const groups = Map.groupBy(rows, (row) => JSON.stringify(keys.map((key) => key.valueOn(row) ?? null)));
      return [...groups.values()].map((group) => rowOf(group, keys, aggregates));
    },
  };
}

function rowOf(group: readonly Row[], keys: readonly Expression[], aggregates: readonly Aggregate[]): Row {
  const [first = new Map<string, string | number>()] = group;
  const cells = [
    ...keys.map(({ text, valueOn }) => [text, valueOn(first)] as const),
    ...aggregates.map((aggregate) => [aggregate.name, aggregate.over(group)] as const),
  ];
  const row = new Map<string, string | number>();
  for (const [name, value] of cells) {
    if (value !== undefined) row.set(name, typeof value === 'boolean' ? Number(value) : value);
  }
  return row;
}

function readAggregate(reader: TokenReader): Aggregate {
  const { text } = reader.next();
  reader.expect('(');
  const field = reader.take('*') === undefined ? readExpression(reader) : undefined;
  const share = reader.take(',') === undefined ? undefined : Number(reader.next().text);
  reader.expect(')');
  reader.expect('as');
  const name = reader.next().text;
  return {
    name,
    names: field?.names ?? [],
    over(rows) {
      const values = rows.flatMap((row) => (field ? (field.valueOn(row) ?? []) : 1));
      return aggregated(text, values, share);
    },
  };
}

function aggregated(name: string, values: readonly Value[], share = 50): string | number | undefined {
  const numbers = values.map(Number).toSorted((a, b) => a - b);
  switch (name) {
    case 'count':
      return values.length;
    case 'count_distinct':
      return new Set(values).size;
    case 'earliest':
      return numbers[0];
    case 'latest':
      return numbers.at(-1);
    case 'pct':
      return numbers[Math.ceil((numbers.length * share) / 100) - 1];
    default:
      throw new Error(`there is no function ${name} in stats`);
  }
}

function compared(a: Value, b: Value): number {
  const [left, right] = [Number(a ?? -1), Number(b ?? -1)];
  return Number.isNaN(left - right) ? String(a).localeCompare(String(b)) : left - right;
}
