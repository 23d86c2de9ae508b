/** The page on which an account holder changes the password. */
import type { Account } from '../../../core/accounts/account.ts';
import { md5Hex } from '../../../core/auth/digest.ts';
import { replacePassword } from '../../../infra/operations/credential-operations.ts';
import { ConfirmationOutdated } from '../../../infra/operations/operator-context.ts';
import { field, h, notice, passwordField } from '../html.ts';
import {
  type FormResult,
  type OwnerRequest,
  type SubmittedForm,
  showTo,
  tokenField,
} from '../page-request.ts';
import { confirmationOutdated, confirmPassword } from './confirm-password.ts';
import { renewSession } from './renew-session.ts';

/** NIST SP 800-63B: length is what counts, and 8 is the least. */
const shortest = 8;
const longest = 1000;

/** The form. */
export function passwordPage(request: OwnerRequest, problem?: string, status?: 422 | 429) {
  const { username } = request.verified.account;
  const common = { type: 'password', autocomplete: 'new-password', maxlength: longest, required: true };
  const form = h(
    'form',
    { method: 'post', action: '/account/password', class: 'card' },
    tokenField(request.token),
    // Hidden, for password managers, which look for the username.
    h('input', { type: 'text', name: 'username', value: username, autocomplete: 'username', hidden: true }),
    passwordField('Current password'),
    field(
      'New password',
      { ...common, name: 'new', minlength: shortest },
      `At least ${shortest} characters.`,
    ),
    field('New password again', { ...common, name: 'again' }),
    h('button', { type: 'submit' }, 'Change password'),
  );
  const intro = h(
    'p',
    null,
    'Changing your password signs out every other browser and program. Client keys stay valid; revoke those that should not.',
  );
  const page = { title: 'Change password', here: '/account/password' };
  return showTo(request, page, [problem !== undefined && notice('wrong', problem), intro, form], status);
}

/** Sets the password, which ends every session, and gives this browser a new one. */
export async function changePassword(request: OwnerRequest & SubmittedForm): Promise<FormResult> {
  const { c, services, verified, form } = request;
  const { account } = verified;
  const report = { method: 'setpassword', account: account.username, auth: 'cookie' } as const;
  const chosen = form.get('new') ?? '';
  const problem = problemOf(chosen, form.get('again') ?? '', form.get('password') ?? '');
  if (problem !== undefined) {
    return { response: passwordPage(request, problem, 422), report: { ...report, outcome: 203 } };
  }
  const wrong = await confirmPassword(request);
  if (wrong) {
    return {
      response: passwordPage(request, wrong.text, wrong.status),
      report: { ...report, outcome: wrong.code },
    };
  }
  let changed: Account;
  try {
    const options = { confirmed: account };
    changed = await replacePassword(services.operator, account.username, md5Hex(chosen), options);
  } catch (error) {
    if (error instanceof ConfirmationOutdated) return confirmationOutdated(request, report);
    throw error;
  }
  await renewSession(request, changed, {
    by: 'password',
    at: Math.floor(services.ports.clock.now() / 1000),
  });
  return { response: c.redirect('/account?done=password', 303), report: { ...report, outcome: 'ok' } };
}

function problemOf(chosen: string, again: string, current: string): string | undefined {
  if (chosen.length < shortest) return `The new password is too short: use at least ${shortest} characters.`;
  if (chosen.length > longest) return `The new password is too long: use at most ${longest} characters.`;
  if (chosen !== again) return 'The two new passwords differ.';
  if (chosen === current) return 'The new password is the same as the current one.';
  return undefined;
}
