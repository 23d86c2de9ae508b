/** `ljgate accounts set-password` and `set-challenge`, and the flags that give a password. */
import type { Command } from 'commander';
import type { Username } from '../../core/username.ts';
import { verbs } from '../../infra/operations/verbs.ts';
import { newPassword } from './ask.ts';
import { confirmed, leaf } from './command.ts';
import { atDesk, type CommonOptions } from './desk.ts';
import { accountName, onOff } from './flags.ts';
import { printJson, printLine } from './print.ts';
import { UsageError } from './usage.ts';

/** How a password is given. */
export interface PasswordOptions {
  readonly passwordStdin?: boolean;
  readonly generate?: boolean;
}

/** Adds the flags. */
export function withPassword(command: Command): Command {
  return command
    .option('--password-stdin', 'read the password from standard input instead of asking for it')
    .option('--generate', 'make a password up and print it');
}

/** The password as an operation takes it. */
export async function passwordOf({ passwordStdin, generate }: PasswordOptions): Promise<object> {
  if (passwordStdin && generate) throw new UsageError('--password-stdin and --generate exclude each other');
  if (generate) return { generate: true };
  return { password: await newPassword(passwordStdin === true) };
}

/** Adds the commands. */
export function credentialCommands(family: Command): void {
  const set = leaf(family, 'set-password', 'Set the password, which ends every session.', [
    'ljgate accounts set-password alice',
    'ljgate accounts set-password alice --generate',
    'ljgate accounts set-password alice --challenge on',
  ])
    .argument('<user>', 'name of the account', accountName)
    .option(
      '--challenge <switch>',
      'on or off: whether it serves challenge log-in (default: as before)',
      onOff,
    );
  withPassword(set).action(
    async (username: Username, options: CommonOptions & PasswordOptions & { challenge?: boolean }) => {
      const { challenge } = options;
      const done = await atDesk(options, async (desk) => {
        await verbs['accounts show'].run(desk, { username });
        const password = await passwordOf(options);
        const input = { username, ...password, ...(challenge !== undefined && { challenge }) };
        return verbs['accounts set-password'].run(desk, input);
      });
      if (options.json) return printJson(done);
      printLine(`the password of ${username} is set, its sessions are ended`);
      if (done.generatedPassword) printLine(`password ${done.generatedPassword} (shown this once)`);
    },
  );

  leaf(family, 'set-challenge', 'Say whether the password serves challenge log-in.', [
    'ljgate accounts set-challenge alice off --yes',
  ])
    .argument('<user>', 'name of the account', accountName)
    .argument('<switch>', 'on or off; off drops the digest that it takes for good', onOff)
    .option('-y, --yes', 'do not ask')
    .action(async (username: Username, on: boolean, options: CommonOptions & { yes?: boolean }) => {
      const view = await atDesk(options, async (desk) => {
        await verbs['accounts show'].run(desk, { username });
        if (!on)
          await confirmed(`Drop the digest of ${username}? Only a new password brings it back.`, options);
        return verbs['accounts set-challenge'].run(desk, { username, on });
      });
      if (options.json) return printJson(view);
      printLine(`the password of ${username} ${on ? 'serves' : 'does not serve'} challenge log-in`);
    });
}
