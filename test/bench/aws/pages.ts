/** What is written about AWS from committed numbers: the cost tables of the guide, the page about scale, its picture. */
import { readFileSync, writeFileSync } from 'node:fs';
import type { Billed } from '../billed.ts';
import { costTable } from './cost-table.ts';
import { needsOf, sizes } from './model.ts';
import { countsOf, monthlyTable } from './monthly.ts';
import { scalePage } from './scale-page.ts';
import { scalePicture } from './scale-picture.ts';
import { templateCounts } from './template-counts.ts';

/** Where the committed numbers are. */
export const measuredFile = new URL('measured.json', import.meta.url);

const guides = new URL('../../../infra/guides/', import.meta.url);
const picture = 'scale.svg';

/** The files as they should be, by their name in infra/guides. */
export async function guideFiles(measured: Billed): Promise<Readonly<Record<string, string>>> {
  const counts = countsOf(measured, templateCounts());
  const needs = sizes.map((accounts) => needsOf(accounts, measured, counts));
  const guide = readFileSync(new URL('aws.md', guides), 'utf8');
  return {
    'aws.md': withTable(
      withTable(guide, 'a million calls', costTable(measured)),
      'a month',
      monthlyTable(measured, counts),
    ),
    'scale.md': scalePage(needs, measured, picture),
    [picture]: await scalePicture(needs),
  };
}

/** Writes them. */
export async function writeGuideFiles(measured: Billed): Promise<void> {
  for (const [name, text] of Object.entries(await guideFiles(measured))) {
    writeFileSync(new URL(name, guides), text);
  }
}

/** The guide with another table between the comments that name it. */
function withTable(guide: string, name: string, made: string): string {
  const [begin, end] = [`<!-- ${name}: made by npm run scale -->\n`, `\n<!-- end of ${name} -->`];
  const [before, rest = ''] = guide.split(begin);
  const [, after] = rest.split(end);
  if (after === undefined) throw new Error(`aws.md has no place for the table: add ${begin}${end} to it`);
  return `${before}${begin}\n${made}\n${end}${after}`;
}
