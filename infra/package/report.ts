/** What `npm run package` prints about the packages, and whether they are within the budget. */
import type { Package } from './package.ts';

/** The parts that are worth a line: those that a smaller bundle would have to do without. */
const shown = 6;

/** A table of sizes, then the largest parts of each function. Kilobytes are thousands of bytes. */
export function sizeReport(packages: readonly Package[]): string {
  const rows = packages.map(({ name, architecture, ...size }) => [
    `${name} (${architecture})`,
    kilobytes(size.zip),
    kilobytes(size.javascript),
    kilobytes(size.native),
  ]);
  const parts = new Map(packages.map((one) => [one.name, one.parts]));
  const largest = [...parts].map(([name, all]) => {
    const listed = all.slice(0, shown).map(([part, bytes]) => `${part} ${kilobytes(bytes)}`);
    return `${name}: ${listed.join(', ')}`;
  });
  const head = ['function', 'zip', 'JavaScript', 'native'];
  return [...table([head, ...rows]), '', 'Largest parts of the JavaScript:', ...largest, ''].join('\n');
}

/** The packages with more minified JavaScript than `budget` bytes, each in a sentence. */
export function overBudget(packages: readonly Package[], budget: number): readonly string[] {
  const heavy = new Map(packages.filter((one) => one.javascript > budget).map((one) => [one.name, one]));
  return [...heavy.values()].map(
    ({ name, javascript }) =>
      `${name} has ${kilobytes(javascript)} of JavaScript, over the budget of ${kilobytes(budget)}`,
  );
}

function table(rows: readonly (readonly string[])[]): string[] {
  const widths = rows[0]?.map((_, i) => Math.max(...rows.map((row) => row[i]?.length ?? 0))) ?? [];
  return rows.map((row) =>
    row
      .map((cell, i) => (i === 0 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0)))
      .join('  ')
      .trimEnd(),
  );
}

function kilobytes(bytes: number): string {
  return `${Math.round(bytes / 1000)} KB`;
}
