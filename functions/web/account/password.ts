/** A new password. */
import { sessiongenerate } from '../../../core/methods/sessiongenerate.ts';
import { setPassword } from '../../../infra/operations/credentials.ts';
import { sessionCookie } from '../cookie.ts';
import { field, h, notice } from '../html.ts';
import { type Done, type Sent, type SignedIn, showTo, tokenField } from '../visit.ts';
import { confirmPassword } from './confirm.ts';
import { keeping } from './sign-in.ts';

/** NIST SP 800-63B: length is what counts, and 8 is the least. */
const shortest = 8;
const longest = 1000;

/** The form. */
export function passwordPage(visit: SignedIn, problem?: string, status?: 422 | 429) {
  const { username } = visit.held.account;
  const common = { type: 'password', maxlength: longest, required: true };
  const form = h(
    'form',
    { method: 'post', action: '/account/password', class: 'card' },
    tokenField(visit.token),
    // Hidden from people, but password managers look for whose password it is.
    h('input', { type: 'text', name: 'username', value: username, autocomplete: 'username', hidden: true }),
    field('Current password', { ...common, name: 'password', autocomplete: 'current-password' }),
    field(
      'New password',
      { ...common, name: 'new', autocomplete: 'new-password', minlength: shortest },
      `At least ${shortest} characters.`,
    ),
    field('New password again', { ...common, name: 'again', autocomplete: 'new-password' }),
    h('button', { type: 'submit' }, 'Change password'),
  );
  const intro = h(
    'p',
    null,
    'Changing your password signs out every other browser and program. Client keys stay good: revoke those that should not.',
  );
  const page = { title: 'Change password', here: '/account/password' };
  return showTo(visit, page, [problem !== undefined && notice('wrong', problem), intro, form], status);
}

/** Sets the password, which ends every session, and gives this browser a new one. */
export async function changePassword(visit: SignedIn & Sent): Promise<Done> {
  const { c, world, held, form, secure, address, agent } = visit;
  const { account, session } = held;
  const report = { method: 'setpassword', account: account.username, auth: 'cookie' } as const;
  const chosen = form.get('new') ?? '';
  const problem = problemOf(chosen, form.get('again') ?? '', form.get('password') ?? '');
  if (problem !== undefined) {
    return { response: passwordPage(visit, problem, 422), report: { ...report, outcome: 203 } };
  }
  const wrong = await confirmPassword(visit);
  if (wrong) {
    return {
      response: passwordPage(visit, wrong.text, wrong.status),
      report: { ...report, outcome: wrong.code },
    };
  }
  await setPassword(world.operator, account.username, { password: chosen });

  const { ports } = world;
  const fresh = await ports.records.read({ account: account.username, sessions: [], refusals: [] });
  if (!fresh.account) throw new Error('the account is gone');
  const args = new Map([
    ['expiration', session.term],
    ['ipfixed', session.network === undefined ? '' : '1'],
  ]);
  const context = { address, agent, cookie: undefined, ljAuth: undefined };
  const { ljsession } = await sessiongenerate(ports, fresh.account, args, context);
  c.header('Set-Cookie', sessionCookie(ljsession, { secure, ...keeping(session.term) }), { append: true });
  return { response: c.redirect('/account?done=password', 303), report: { ...report, outcome: 'ok' } };
}

function problemOf(chosen: string, again: string, current: string): string | undefined {
  if (chosen.length < shortest) return `The new password is too short: it takes ${shortest} characters.`;
  if (chosen.length > longest) return `The new password is too long: ${longest} characters are the most.`;
  if (chosen !== again) return 'The new password was not typed the same twice.';
  if (chosen === current) return 'The new password is the one that you have.';
  return undefined;
}
