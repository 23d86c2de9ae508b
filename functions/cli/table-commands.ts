/** `ljgate tables …` and `ljgate doctor`. */
import type { Command } from 'commander';
import { diagnoseWithoutStore } from '../../infra/operations/doctor.ts';
import { verbs } from '../../infra/operations/verbs.ts';
import type { Finding } from '../../infra/stores/finding.ts';
import { checkSite } from '../../infra/upstream/check-site.ts';
import { nodeTransport } from '../../infra/upstream/node-transport.ts';
import { configuration } from './check-variables.ts';
import { subcommand, withCommon } from './command.ts';
import { type CommonOptions, type DoctorOptions, operate } from './operate.ts';
import { coloured, printable, printJson, printLine } from './print.ts';
import { secretLocation, sourceAt } from './secret-location.ts';
import { withSettings } from './setting-options.ts';
import { UsageError } from './usage-error.ts';

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
  const line = `${what}: ${printable(detail)}`;
  if (finding.well) return `${coloured('green', '✓')} ${line}`;
  const remedy = finding.remedy === '' ? '' : `\n    ${finding.remedy}`;
  return `${coloured('red', '✗')} ${line}${remedy}`;
}

/** Adds the commands. */
export function tableCommands(program: Command): void {
  const family = program.command('tables').description('Create or check the tables of a store.');
  subcommand(family, 'create', 'Create missing tables; existing ones stay as they are.', [
    'npx ljgate tables create',
    'npx ljgate tables create --store dynamodb:lj@http://127.0.0.1:8000',
  ]).action(async (options: CommonOptions) => {
    const { description } = await operate(
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

  subcommand(family, 'check', 'Check the tables: keys, time to live, recovery, protection.', [
    'npx ljgate tables check --store dynamodb:lj',
  ]).action(async (options: CommonOptions) => {
    report(await operate(options, (operator) => verbs['tables check'].run(operator, {})), options);
  });
}

/** Adds the command. */
export function doctorCommand(program: Command): void {
  const command = program
    .command('doctor')
    .description('Check the installation; each cross says what to do.');
  const examples = ['npx ljgate doctor', 'npx ljgate doctor --store dynamodb:lj --json'];
  withSettings(withCommon(command, examples), 'doctor').action(async (options: DoctorOptions) => {
    report(await diagnosed(options), options);
  });
}

/** Where the store cannot be opened, the rest is checked all the same. */
async function diagnosed(options: DoctorOptions): Promise<readonly Finding[]> {
  try {
    return await operate(options, (operator) => verbs.doctor.run(operator, {}));
  } catch (error) {
    const location = secretLocation(options.secret, options.store);
    if (!(error instanceof Error) || error instanceof UsageError || !location) throw error;
    const source = await sourceAt(location);
    const { store, upstream } = options;
    const site = upstream && (() => checkSite(upstream, nodeTransport()));
    return diagnoseWithoutStore(store.kind, error, source, configuration(process.env), site);
  }
}
