/** What `npm run package` prints about the packages, and whether they are within the budget. */
import Table from 'cli-table3';
import type { Package } from './package.ts';

/** Parts that are listed of each function. */
const shown = 6;

/** A table of sizes, then the largest parts of each function. Kilobytes are thousands of bytes. */
export function sizeReport(packages: readonly Package[]): string {
  const table = new Table({
    head: ['function', 'zip', 'JavaScript', 'native'],
    colAligns: ['left', 'right', 'right', 'right'],
    style: { head: [], border: [], compact: true },
  });
  for (const { name, architecture, ...size } of packages) {
    const sizes = [size.zip, size.javascript, size.native].map(kilobytes);
    table.push([`${name} (${architecture})`, ...sizes]);
  }
  const parts = new Map(packages.map((one) => [one.name, one.parts]));
  const largest = [...parts].map(([name, all]) => {
    const listed = all.slice(0, shown).map(([part, bytes]) => `${part} ${kilobytes(bytes)}`);
    return `${name}: ${listed.join(', ')}`;
  });
  return [table.toString(), '', 'Largest parts of the JavaScript:', ...largest, ''].join('\n');
}

/** The packages with more minified JavaScript than `budget` bytes, each in a sentence. */
export function overBudget(packages: readonly Package[], budget: number): readonly string[] {
  const heavy = new Map(packages.filter((one) => one.javascript > budget).map((one) => [one.name, one]));
  return [...heavy.values()].map(
    ({ name, javascript }) =>
      `${name} has ${kilobytes(javascript)} of JavaScript, over the budget of ${kilobytes(budget)}`,
  );
}

function kilobytes(bytes: number): string {
  return `${Math.round(bytes / 1000)} KB`;
}
