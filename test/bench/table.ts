/** Tables in Markdown that are easy to read as they are. */

/** A table; columns whose name ends in `#` are numbers and go to the right. */
export function table(names: readonly string[], rows: readonly (readonly string[])[]): string {
  const head = names.map((name) => name.replace(/#$/, ''));
  const right = names.map((name) => name.endsWith('#'));
  const widths = head.map((name, i) => Math.max(3, name.length, ...rows.map((row) => row[i]?.length ?? 0)));
  const line = (row: readonly string[]) => {
    const cells = row.map((cell, i) =>
      right[i] ? cell.padStart(widths[i] ?? 0) : cell.padEnd(widths[i] ?? 0),
    );
    return `| ${cells.join(' | ')} |`;
  };
  const rule = widths.map((width, i) => (right[i] ? `${'-'.repeat(width - 1)}:` : '-'.repeat(width)));
  return [line(head), line(rule), ...rows.map(line)].join('\n');
}

/** The quartiles, with as many decimals as the median has. */
export function spread(
  { low, high }: { readonly low: number; readonly high: number },
  digits: number,
): string {
  return `${low.toFixed(digits)}–${high.toFixed(digits)}`;
}
