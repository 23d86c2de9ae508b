/** `ljgate tables …` and `ljgate doctor`. */
import type { Command } from 'commander';
import { verbs } from '../../infra/operations/verbs.ts';
import type { Finding } from '../../infra/store/open-store.ts';
import { leaf, withCommon } from './command.ts';
import { atDesk, type CommonOptions } from './desk.ts';
import { coloured, printable, printJson, printLine } from './print.ts';

/** A tick or a cross a line, each cross with what to do; a cross makes exit code 1. */
function report(findings: readonly Finding[], { json }: CommonOptions): void {
  for (const finding of findings) {
    if (json) printJson(finding);
    else printLine(lineOf(finding));
  }
  if (findings.some(({ well }) => !well)) process.exitCode = 1;
}

function lineOf(finding: Finding): string {
  const { what, detail } = finding;
  const said = `${what}: ${printable(detail)}`;
  if (finding.well) return `${coloured('green', '✓')} ${said}`;
  const remedy = finding.remedy === '' ? '' : `\n    ${finding.remedy}`;
  return `${coloured('red', '✗')} ${said}${remedy}`;
}

/** Adds the commands. */
export function tableCommands(program: Command): void {
  const family = program.command('tables').description('Make the tables of a store, or look at them.');
  leaf(family, 'create', 'Make the tables that are missing; what is there stays as it is.', [
    'ljgate tables create',
    'ljgate tables create --store dynamodb:lj@http://127.0.0.1:8000',
  ]).action(async (options: CommonOptions) => {
    const { description } = await atDesk(
      options,
      async ({ store }) => {
        await store.prepare();
        return store;
      },
      { mayCreate: true },
    );
    if (options.json) printJson({ store: description });
    else printLine(`the tables of ${description} are there`);
  });

  leaf(family, 'check', 'Look at the tables: keys, time to live, recovery, protection.', [
    'ljgate tables check --store dynamodb:lj',
  ]).action(async (options: CommonOptions) => {
    report(await atDesk(options, (desk) => verbs['tables check'].run(desk, {})), options);
  });
}

/** Adds the command. */
export function doctorCommand(program: Command): void {
  const command = program
    .command('doctor')
    .description('Look at everything that it stands on; each cross says what to do.');
  withCommon(command, ['ljgate doctor', 'ljgate doctor --store dynamodb:lj --json']).action(
    async (options: CommonOptions) => {
      report(await atDesk(options, (desk) => verbs.doctor.run(desk, {})), options);
    },
  );
}
