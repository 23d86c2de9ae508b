/** Checks the account's password before a change that a stolen session must not be able to make. */
import { md5Hex, sameText, sha256Hex } from '../../../core/auth/digest.ts';
import { isPasswordRecent } from '../../../core/sessions/session-via.ts';
import type { CallReport } from '../../wire/endpoint.ts';
import { h, notice } from '../html.ts';
import { type FormResult, type OwnerRequest, type SubmittedForm, show } from '../page-request.ts';

/** A wrong password, in words for the page. */
export interface Unconfirmed {
  readonly text: string;
  readonly status: 422 | 429;
  /** The refusal's number, for the log. */
  readonly code: number;
}

/**
 * `undefined` when the form's `password` is the account's own. It is checked as at any log-in, bans
 * included. A client key is not enough: whoever has one program's key must not lock the owner out.
 * @throws {StoreUnavailable | StoreFailed | HasherBusy} when it cannot be checked
 */
export async function confirmPassword(
  request: Pick<OwnerRequest, 'services' | 'verified' | 'address' | 'agent'> & SubmittedForm,
): Promise<Unconfirmed | undefined> {
  const { services, verified, form, address, agent } = request;
  const { account } = verified;
  const password = form.get('password') ?? '';
  const context = { address, agent, cookie: undefined, ljAuth: undefined };
  const args = new Map([['password', password]]);
  const answer = await services.gateway.answer({
    method: 'login',
    username: account.username,
    args,
    context,
  });
  if (!answer.ok) {
    const { code } = answer.refusal;
    if (code === 402) {
      return { text: 'Too many attempts failed. Wait a few minutes, then try again.', status: 429, code };
    }
    if (code === 406) {
      return {
        text: 'Too much was asked from your address. Wait a minute, then try again.',
        status: 429,
        code,
      };
    }
    if (code >= 500) throw answer.cause ?? new Error(`refused with ${code}`);
    return { text: 'That is not your current password.', status: 422, code };
  }
  const shown = sha256Hex(md5Hex(password));
  if (account.clientKeys.some(({ digest }) => sameText(digest, shown))) {
    return { text: 'That is a client key. Enter your password.', status: 422, code: 101 };
  }
  return undefined;
}

/** Whether a change asks for the password: it was not given in the last 15 minutes. @see PROTOCOL §4 */
export function asksForPassword({ services, verified }: OwnerRequest): boolean {
  return !isPasswordRecent(verified.session, Math.floor(services.ports.clock.now() / 1000));
}

/** As `confirmPassword`, where the password is asked for. */
export async function confirmIfAsked(
  request: OwnerRequest & SubmittedForm,
): Promise<Unconfirmed | undefined> {
  return asksForPassword(request) ? confirmPassword(request) : undefined;
}

/** The answer when a change was not made because its confirmation no longer held: the session has ended, too. */
export function confirmationOutdated(request: OwnerRequest, report: Omit<CallReport, 'outcome'>): FormResult {
  const text = 'Your password was changed meanwhile, or all your sessions were ended. Nothing was done.';
  const link = h('p', null, h('a', { href: '/account/signin' }, 'Sign in again'), ' to go on.');
  const response = show(request, { title: 'Not done' }, [notice('wrong', text), link], 403);
  return { response, report: { ...report, outcome: 101 } };
}
