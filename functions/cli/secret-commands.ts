/** `ljgate secrets …` */
import { existsSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Command } from 'commander';
import { dropSecret, planDrop, type SecretDrop } from '../../infra/operations/drop-secret.ts';
import { OperationRefused } from '../../infra/operations/operator-context.ts';
import { type RotationStep, rotateSecret } from '../../infra/operations/rotation.ts';
import { verbs } from '../../infra/operations/verbs.ts';
import { confirmed, subcommand } from './command.ts';
import { wholeNumber } from './flags.ts';
import { type CommonOptions, operate } from './operate.ts';
import { printJson, printLine, printRows } from './print.ts';
import { requireTerminal, sure } from './prompt.ts';
import { secretLocation } from './secret-location.ts';

/** Milliseconds between two lines about the same step. */
const interval = 2000;

/** Adds the commands. */
export function secretCommands(program: Command): void {
  const family = program.command('secrets').description('Show or rotate the root secrets.');
  subcommand(family, 'status', 'Show the root secrets, and what needs each of them.', [
    'npx ljgate secrets status',
  ]).action(async (options: CommonOptions) => {
    const { secrets, missing } = await operate(options, (operator) =>
      verbs['secrets status'].run(operator, {}),
    );
    if (options.json) return printJson({ secrets, missing });
    printRows(secrets, 'no secrets');
    printLine('sealed, verifiers: renewed by `secrets rotate`; logins: renewed when their owners log in');
    if (missing.length === 0) return;
    printLine(`missing, though accounts need them: ${missing.join(', ')}; restore them into the secret`);
    process.exitCode = 1;
  });

  const rotate = subcommand(family, 'rotate', 'Replace the root secret while the site runs.', [
    'npx ljgate secrets rotate',
    'npx ljgate secrets rotate --settle 600    a file that takes ten minutes to reach every machine',
    'npx ljgate secrets rotate --store d1:ljgate',
  ]);
  rotate
    .option(
      '--settle <seconds>',
      'how long a change takes to reach every server (default: 5; a managed secret: 330; a Worker: 60)',
      wholeNumber(0),
    )
    .option('--ask', 'ask each time the secrets have changed until every server has them; always with d1:')
    .option('-y, --yes', 'do not ask: the secrets reach every server by themselves')
    .addHelpText('after', rotationHelp)
    .action(rotateAction);

  subcommand(family, 'drop', 'Give up a secret that is lost, or that some accounts still need.', [
    'npx ljgate secrets drop k3jx7q2p',
  ])
    .argument('<id>', 'the secret, as `secrets status` shows it')
    .option('-y, --yes', 'do not ask')
    .action(dropAction);
}

const rotationHelp = `
Every server knows the new secret before it is used. What is sealed or hashed with the old secret is
renewed, and the old one is removed when nothing uses it any more. Passwords of accounts that forbid
challenge log-in need it until their owners log in; it stays for them until a later rotation, or until
\`secrets drop\`. Memorial and expunged accounts do not hold it: they lose such a password.
If it is interrupted, run it again to continue. It takes more than a minute.
`;

const interrupted = `
ljgate: interrupted; the rotation is not finished, and everything works meanwhile.
Run it again to go on: npx ljgate secrets rotate
`;

/** Seconds until every Worker runs with a secret that was put. */
const workerSettle = 60;

async function rotateAction(
  options: CommonOptions & { settle?: number; ask?: boolean; yes?: boolean },
): Promise<void> {
  const onStep = options.json ? reportJson : reporter();
  const isWorkers = options.store.kind === 'd1';
  const asks = (options.ask === true || isWorkers) && options.yes !== true;
  if (asks) requireTerminal('give --yes where every server reads --secret itself');
  const onInterrupt = () => {
    process.stderr.write(interrupted);
    process.exit(1);
  };
  process.once('SIGINT', onInterrupt).once('SIGTERM', onInterrupt);
  let source = '';
  const done = await operate(options, (operator) => {
    source = operator.source.description;
    return rotateSecret(operator, operator.source, {
      settle: options.settle ?? (isWorkers ? workerSettle : undefined),
      handOver: asks ? (why) => handOver(source, why) : undefined,
      wait: sleep,
      onStep,
    });
  });
  if (asks && done.retired.length > 0) {
    process.stderr.write(`\nNow take the retired secret from every server. ${givingTo(source)}\n`);
  }
  if (options.json) return printJson(done);
  printLine(`current ${done.current}, renewed ${done.renewed} accounts`);
}

/** Everything that follows depends on the answer. */
async function handOver(source: string, why: string): Promise<void> {
  process.stderr.write(`\nThe secrets have changed. ${givingTo(source)}\n`);
  const confirmed = await sure(`Has every server the new secrets? (It waits ${why}.)`, false).catch(
    () => false,
  );
  if (confirmed) return;
  throw new OperationRefused(
    'the rotation stopped; run it again when every server has the secrets, to go on',
  );
}

function givingTo(source: string): string {
  return (
    `Give them to every server that does not read ${source} itself:\n` +
    `  a Worker       npx wrangler secret put LJGATE_ROOT_SECRET < ${source}\n` +
    '  wrangler dev   put them into .dev.vars on one line, and start it again\n'
  );
}

/** Names that are printed of accounts which lose something. */
const mostNamed = 20;

async function dropAction(id: string, options: CommonOptions & { yes?: boolean }): Promise<void> {
  const location = secretLocation(options.secret, options.store);
  const isLost = location?.kind === 'file' && !existsSync(location.path);
  const drop = await operate(options, async (operator) => {
    const source = isLost ? undefined : operator.source;
    const planned = await planDrop(operator, source, id);
    await confirmed(`Give up secret ${id} for good? ${lossOf(planned)}`, options);
    await dropSecret(operator, source, planned);
    return planned;
  });
  if (options.json) return printJson(drop);
  printLine(`secret ${id} is given up. ${lossOf(drop)}`);
}

function lossOf({ accounts }: SecretDrop): string {
  if (accounts.length === 0) return 'No account needs it.';
  const others = accounts.length > mostNamed ? ` and ${accounts.length - mostNamed} others` : '';
  return `These need a new password or new client keys: ${accounts.slice(0, mostNamed).join(', ')}${others}.`;
}

function reportJson(step: RotationStep): void {
  process.stderr.write(`${JSON.stringify(step)}\n`);
}

/** One line a step; of the many about renewing, one every few seconds. */
function reporter(): (step: RotationStep) => void {
  let printed = 0;
  return (step) => {
    if (step.step === 'renewing') {
      if (performance.now() - printed < interval) return;
      printed = performance.now();
    }
    process.stderr.write(`${sentence(step)}\n`);
  };
}

function sentence(step: RotationStep): string {
  switch (step.step) {
    case 'added':
      return `secret ${step.id} is added, and not used yet`;
    case 'waiting':
      return `waiting ${step.seconds} s ${step.why}`;
    case 'current':
      return `secret ${step.id} is current`;
    case 'renewing':
      return `${step.accounts} accounts read, ${step.renewed} renewed`;
    case 'closed':
      return `${step.accounts} memorial or expunged accounts lost passwords that only the old secret opened`;
    case 'retired':
      return `secret ${step.id} is retired: nothing needs it`;
    case 'kept': {
      const { sealed, verifiers, logins, owners } = step.needs;
      const names = owners.length < logins ? `${owners.join(', ')}, …` : owners.join(', ');
      const whose = logins > 0 ? `, ${logins} of them until their owners log in (${names})` : '';
      return `secret ${step.id} is kept: ${sealed + verifiers + logins} passwords and keys need it${whose}`;
    }
  }
}
