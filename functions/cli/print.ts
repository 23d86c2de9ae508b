/** Results on standard output: tables for people, one JSON object a line for scripts. */
import { styleText } from 'node:util';
import Table from 'cli-table3';

/** A cell's value. */
type Cell = string | number | boolean | null;

/** A stored text as a terminal may show it: without escapes and line breaks. */
export function printable(text: string): string {
  return text.replace(/[\p{C}\u2028\u2029]/gu, '?');
}

/** One JSON value on a line of its own. */
export function printJson(value: unknown): void {
  console.log(JSON.stringify(value));
}

/** `ljgate export | head`: a reader that has seen enough is no failure. A full disk is one. */
export function endWithReader(): void {
  process.stdout.on('error', (error) => {
    if ('code' in error && error.code === 'EPIPE') process.exit(0);
    console.error(
      `ljgate: standard output cannot be written (${error.message}); what was printed is not whole`,
    );
    process.exit(1);
  });
}

/** A line for people. */
export function printLine(text: string): void {
  console.log(text);
}

/** Colours where the output is a terminal that has them, unless NO_COLOR is set. */
export function coloured(style: 'green' | 'red' | 'bold', text: string): string {
  return styleText(style, text, { stream: process.stdout });
}

function cellText(value: Cell): string {
  if (value === null) return '';
  return printable(String(value));
}

/** A table whose head is the keys of its rows, or `none` when there are no rows. */
export function printRows<Row extends object>(rows: readonly Row[], none: string): void {
  const [first] = rows;
  if (!first) {
    printLine(none);
    return;
  }
  const names = Object.keys(first);
  const table = new Table({
    head: names.map((name) => coloured('bold', name)),
    style: { head: [], border: [], compact: true },
  });
  for (const row of rows) {
    const cells = new Map<string, Cell>(Object.entries(row));
    table.push(names.map((name) => cellText(cells.get(name) ?? null)));
  }
  printLine(table.toString());
}

/** One record, a field a line. Each entry of a list has a line of its own. */
export function printRecord(record: object): void {
  const table = new Table({ style: { head: [], border: [], compact: true } });
  for (const [name, value] of Object.entries(record)) {
    if (value === null || (Array.isArray(value) && value.length === 0)) continue;
    table.push({ [coloured('bold', name)]: inFull(value) });
  }
  printLine(table.toString());
}

function inFull(value: unknown): string {
  if (Array.isArray(value)) return value.map(inFull).join('\n');
  if (typeof value !== 'object' || value === null) return printable(String(value));
  return Object.entries(value)
    .filter(([, part]) => part !== null)
    .map(([name, part]) => `${name} ${printable(String(part))}`)
    .join(', ');
}
