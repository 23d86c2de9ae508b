/** `ljgate secrets …` */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Command } from 'commander';
import { type RotationStep, rotateSecret } from '../../infra/operations/rotation.ts';
import { verbs } from '../../infra/operations/verbs.ts';
import { leaf } from './command.ts';
import { atDesk, type CommonOptions } from './desk.ts';
import { wholeNumber } from './flags.ts';
import { printJson, printLine, printRows } from './print.ts';

/** Milliseconds between two lines about the same step. */
const interval = 2000;

/** Adds the commands. */
export function secretCommands(program: Command): void {
  const family = program.command('secrets').description('Look at the root secrets, or rotate them.');
  leaf(family, 'status', 'Show the root secrets and what needs each.', ['ljgate secrets status']).action(
    async (options: CommonOptions) => {
      const { secrets, missing } = await atDesk(options, (desk) => verbs['secrets status'].run(desk, {}));
      if (options.json) return printJson({ secrets, missing });
      printRows(secrets, 'no secrets');
      printLine('sealed, verifiers: renewed by `secrets rotate`; logins: renewed when their owners log in');
      if (missing.length === 0) return;
      printLine(`missing, though accounts need them: ${missing.join(', ')}; restore them into the secret`);
      process.exitCode = 1;
    },
  );

  leaf(family, 'rotate', 'Bring in a new root secret on a running site, and retire the old one.', [
    'ljgate secrets rotate',
    'ljgate secrets rotate --settle 600    a file that takes ten minutes to reach every machine',
  ])
    .option(
      '--settle <seconds>',
      'until every server has seen a change (default: 5; a managed secret: 330)',
      wholeNumber(0),
    )
    .addHelpText(
      'after',
      `
The new secret is valid everywhere before it is used, and the old one is used by nobody before it
goes. What is sealed or hashed with the old one is renewed; passwords whose accounts forbid
challenge log-in need it until their owners log in, and it is kept for them until a later rotation.
Interrupted, it goes on when it is run again. It takes a good minute at least.
`,
    )
    .action(async (options: CommonOptions & { settle?: number }) => {
      const onStep = options.json ? reportJson : reporter();
      const done = await atDesk(options, (desk) =>
        rotateSecret(desk, desk.source, { settle: options.settle, wait: sleep, onStep }),
      );
      if (options.json) return printJson(done);
      printLine(`current ${done.current}, renewed ${done.renewed} accounts`);
    });
}

function reportJson(step: RotationStep): void {
  process.stderr.write(`${JSON.stringify(step)}\n`);
}

/** One line a step; of the many about renewing, one every few seconds. */
function reporter(): (step: RotationStep) => void {
  let said = 0;
  return (step) => {
    if (step.step === 'renewing') {
      if (performance.now() - said < interval) return;
      said = performance.now();
    }
    process.stderr.write(`${sentence(step)}\n`);
  };
}

function sentence(step: RotationStep): string {
  switch (step.step) {
    case 'added':
      return `secret ${step.id} is valid, and used for nothing yet`;
    case 'waiting':
      return `waiting ${step.seconds} s ${step.why}`;
    case 'current':
      return `secret ${step.id} is current`;
    case 'renewing':
      return `${step.accounts} accounts looked at, ${step.renewed} renewed`;
    case 'retired':
      return `secret ${step.id} is retired: nothing needs it`;
    case 'kept': {
      const { sealed, verifiers, logins } = step.needs;
      return `secret ${step.id} is kept: ${sealed + verifiers + logins} passwords and keys need it, ${logins} of them until their owners log in`;
    }
  }
}
