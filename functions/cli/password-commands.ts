/** `ljgate accounts set-password` and `set-challenge`, and the flags that give a password. */
import type { Command } from 'commander';
import type { Username } from '../../core/accounts/username.ts';
import { verbs } from '../../infra/operations/verbs.ts';
import { confirmed, subcommand } from './command.ts';
import { accountName, onOff } from './flags.ts';
import { type CommonOptions, operate } from './operate.ts';
import { printable, printJson, printLine } from './print.ts';
import { newSecret, type SecretQuestion } from './prompt.ts';
import { UsageError } from './usage-error.ts';

/** How a password is given. */
export interface PasswordOptions {
  readonly passwordStdin?: boolean;
  readonly generate?: boolean;
}

/** Adds the flags. */
export function withPassword(command: Command): Command {
  return command
    .option('--password-stdin', 'read the password from standard input instead of asking for it')
    .option('--generate', 'generate a password and print it');
}

const passwordQuestion: SecretQuestion = {
  name: 'password',
  flag: '--password-stdin',
  otherwise: '--password-stdin or --generate',
};

const secretQuestion: SecretQuestion = {
  name: 'secret at the site',
  flag: '--secret-stdin',
  otherwise: '--secret-stdin',
};

/** The password as an operation takes it. */
export async function passwordOf({ passwordStdin, generate }: PasswordOptions): Promise<object> {
  if (passwordStdin && generate) throw new UsageError('give --password-stdin or --generate, not both');
  if (generate) return { generate: true };
  return { password: await newSecret(passwordQuestion, passwordStdin === true) };
}

interface SetPasswordOptions extends CommonOptions, PasswordOptions {
  readonly challenge?: boolean;
  readonly revokeKeys?: boolean;
}

async function setPasswordAction(username: Username, options: SetPasswordOptions): Promise<void> {
  const { challenge, revokeKeys } = options;
  const done = await operate(options, async (operator) => {
    await verbs['accounts show'].run(operator, { username });
    const choices = { ...(challenge !== undefined && { challenge }), ...(revokeKeys && { revokeKeys }) };
    const input = { username, ...(await passwordOf(options)), ...choices };
    return verbs['accounts set-password'].run(operator, input);
  });
  if (options.json) return printJson(done);
  printLine(`set the password of ${username} and ended its sessions`);
  if (done.generatedPassword) printLine(`password ${done.generatedPassword} (shown only this once)`);
  const names = (keys: readonly string[]) => keys.map(printable).join(', ');
  const { clientKeys, revokedKeys } = done;
  if (revokedKeys.length > 0) printLine(`revoked its client keys: ${names(revokedKeys)}`);
  if (clientKeys.length > 0) {
    printLine(`its client keys stay valid: ${names(clientKeys)}; --revoke-keys revokes them`);
  }
}

interface UpstreamKeyOptions extends CommonOptions {
  readonly secretStdin?: boolean;
  readonly remove?: boolean;
}

/** Adds the commands. */
export function credentialCommands(family: Command): void {
  const set = subcommand(family, 'set-password', 'Set the password, which ends every session.', [
    'npx ljgate accounts set-password alice',
    'npx ljgate accounts set-password alice --generate',
    'npx ljgate accounts set-password alice --challenge on',
    'npx ljgate accounts set-password alice --revoke-keys',
  ])
    .argument('<user>', 'name of the account', accountName)
    .option('--challenge <switch>', 'on or off: challenge log-in with it (default: as before)', onOff)
    .option('--revoke-keys', 'revoke every client key, too; without it they stay valid');
  withPassword(set).action(setPasswordAction);

  subcommand(family, 'set-challenge', 'Allow or forbid challenge log-in with the password.', [
    'npx ljgate accounts set-challenge alice off --yes',
  ])
    .argument('<user>', 'name of the account', accountName)
    .argument('<switch>', 'on or off; off deletes the digest that challenges need', onOff)
    .option('-y, --yes', 'do not ask for confirmation')
    .action(async (username: Username, on: boolean, options: CommonOptions & { yes?: boolean }) => {
      const view = await operate(options, async (operator) => {
        await verbs['accounts show'].run(operator, { username });
        if (!on)
          await confirmed(`Delete the digest of ${username}? Only a new password brings it back.`, options);
        return verbs['accounts set-challenge'].run(operator, { username, on });
      });
      if (options.json) return printJson(view);
      printLine(`challenge log-in with the password of ${username} is ${on ? 'on' : 'off'}`);
    });

  subcommand(
    family,
    'set-upstream-key',
    'Set the secret with which the site behind is told about an account (an API key, for example).',
    ['npx ljgate accounts set-upstream-key alice', 'npx ljgate accounts set-upstream-key alice --remove'],
  )
    .argument('<user>', 'name of the account', accountName)
    .option('--secret-stdin', 'read the secret from standard input instead of asking for it')
    .option('--remove', 'remove the secret that was set')
    .action(async (username: Username, options: UpstreamKeyOptions) => {
      const { secretStdin = false, remove = false } = options;
      if (secretStdin && remove) throw new UsageError('give --secret-stdin or --remove, not both');
      const view = await operate(options, async (operator) => {
        await verbs['accounts show'].run(operator, { username });
        const secret = remove ? null : await newSecret(secretQuestion, secretStdin);
        return verbs['accounts set-upstream-key'].run(operator, { username, secret });
      });
      if (options.json) return printJson(view);
      printLine(`${remove ? 'removed' : 'set'} the secret of ${username} at the site`);
    });
}
