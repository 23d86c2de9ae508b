/** Statements with their parameters written into them, for programs that take only text. */
import type { SqlValue, Statement } from './driver.ts';

/** The statement as text. None of ours has a `?` that is no parameter. */
export function inlined({ sql, params }: Statement): string {
  return sql.replace(/\?(\d+)/g, (_, number: string) => literal(params[Number(number) - 1] ?? null));
}

/** Control characters go as hex: a program on the way may end a text at U+0000, or mend line ends. */
function literal(value: SqlValue): string {
  if (typeof value === 'number' || value === null) return String(value);
  if (/\p{Cc}/u.test(value)) return `CAST(x'${hex(value)}' AS TEXT)`;
  return `'${value.replaceAll("'", "''")}'`;
}

function hex(text: string): string {
  return [...new TextEncoder().encode(text)].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}
