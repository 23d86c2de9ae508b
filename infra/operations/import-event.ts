/** An import of a few accounts from an event, which has its lines as JSON. */
import * as v from 'valibot';
import { fields, truth, wants } from '../../core/accounts/validation.ts';
import { importAccounts } from './import-accounts.ts';
import { conflictRules } from './import-lines.ts';
import type { Operator } from './operator-context.ts';

/** Lines in one event at the most; the command line imports any number. */
const mostLines = 100;

/** The input. */
export const importEvent = fields({
  lines: v.pipe(
    v.array(v.looseObject({}, 'must be an object'), 'must be a list of accounts'),
    v.maxLength(
      mostLines,
      `must be at most ${mostLines}; import more with the command line: npx ljgate import FILE`,
    ),
  ),
  onConflict: v.optional(v.picklist(conflictRules, wants('skip, update or fail')), 'skip'),
  dryRun: v.optional(truth, false),
});

/** Imports the lines. The result is the counts, and the lines that were refused with their reasons. */
export async function importLines(
  operator: Operator,
  { lines, onConflict, dryRun }: v.InferOutput<typeof importEvent>,
) {
  const text = lines.map((line) => `${JSON.stringify(line)}\n`).join('');
  const refusedLines: object[] = [];
  const { bytes: _, ...counts } = await importAccounts(operator, once(new TextEncoder().encode(text)), {
    onConflict,
    dryRun,
    onRefused: (line) => refusedLines.push(line),
  });
  return { ...counts, refusedLines };
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}
