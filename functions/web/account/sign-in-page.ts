/** Signing in and out: sessiongenerate and sessionexpire, for people with a browser. */

import { parseUsername } from '../../../core/accounts/username.ts';
import { md5Hex } from '../../../core/auth/digest.ts';
import { networkOf } from '../../../core/auth/network.ts';
import { HasherBusy } from '../../../core/failures.ts';
import { type Refusal, refusalText } from '../../../core/protocol/refusal.ts';
import { lifetimes, rowLifetime, type Term } from '../../../core/sessions/session.ts';
import type { SiteIdentity } from '../../../infra/site/site-identity.ts';
import { signInToken } from '../form-guard.ts';
import { choice, field, type Html, h, notice, passwordField } from '../html.ts';
import {
  type FormResult,
  type OwnerRequest,
  type PageRequest,
  type SubmittedForm,
  show,
  tokenField,
} from '../page-request.ts';
import { clearSessionCookies, setSessionCookies } from '../session-cookie.ts';
import { requestedPath, safeNextPath } from './return-path.ts';

/** Why an attempt failed. */
interface Problem {
  readonly text: string;
  readonly status: 200 | 403 | 429 | 503;
}

/** What is shown after something was done, by the `done` of the query. */
const done = new Map([
  ['out', 'You are signed out.'],
  ['all', 'All your sessions were ended, this one too.'],
]);

/** For a browser whose session does not open the account. @see PROTOCOL §4 */
export const passwordWanted: Problem = {
  text: 'Your session was made with a client key, or by an older version. To open your account, sign in with your password.',
  status: 200,
};

/** The form. After a failed attempt it has what was sent, but never the password. */
export function signInPage(request: PageRequest, problem?: Problem, sent?: URLSearchParams) {
  const { c, services, secure } = request;
  const next = sent ? safeNextPath(sent.get('next')) : requestedPath(c.env.wire.target);
  const outcome = problem ? undefined : done.get(c.req.query('done') ?? '');
  const form = h(
    'form',
    { method: 'post', action: '/account/signin', class: 'card' },
    tokenField(signInToken(c, services.ports.random, secure)),
    h('input', { type: 'hidden', name: 'next', value: next }),
    field('Username', {
      name: 'username',
      type: 'text',
      value: sent?.get('username') ?? '',
      autocomplete: 'username',
      autocapitalize: 'none',
      spellcheck: 'false',
      maxlength: 60,
      required: true,
    }),
    passwordField('Password'),
    choice('Stay signed in for 30 days', {
      type: 'checkbox',
      name: 'long',
      value: '1',
      checked: sent?.has('long') ?? false,
    }),
    choice('Only from my current address', {
      type: 'checkbox',
      name: 'bound',
      value: '1',
      checked: sent?.has('bound') ?? false,
    }),
    h('button', { type: 'submit' }, 'Sign in'),
  );
  return show(
    request,
    { title: 'Sign in' },
    [
      problem && notice('wrong', problem.text),
      outcome !== undefined && notice('done', outcome),
      form,
      siteLinks(services.identity),
    ],
    problem?.status,
  );
}

/** The site's own pages for those who cannot sign in. */
function siteLinks({ register, forgotPassword, help }: SiteIdentity): Html {
  const links = [
    [register, 'Register'],
    [forgotPassword, 'Forgotten password'],
    [help, 'Help'],
  ] as const;
  const shown = links.flatMap(([href, text]) =>
    href === undefined ? [] : [h('li', null, h('a', { href }, text))],
  );
  return shown.length > 0 && h('nav', { 'aria-label': 'Of this site' }, h('ul', null, ...shown));
}

/** Makes a session as any client does, bans included, and sets it as the browser's cookie. */
export async function signIn(request: PageRequest & SubmittedForm): Promise<FormResult> {
  const { c, services, form, address, agent } = request;
  const username = parseUsername(form.get('username') ?? '');
  const term: Term = form.has('long') ? 'long' : 'short';
  const report = { method: 'signin', auth: 'clear', ...(username && { account: username }) } as const;
  const again = (refusal: Refusal): FormResult => {
    const response = signInPage(request, problemOf(refusal, services.identity), form);
    return { response, report: { ...report, outcome: refusal.code } };
  };
  if (!username) return again(await refusalOfNobody(request));

  const args = new Map([
    ['password', form.get('password') ?? ''],
    ['expiration', term],
    ['ipfixed', form.has('bound') ? '1' : ''],
  ]);
  const context = { address, agent, cookie: undefined, ljAuth: undefined };
  const answer = await services.gateway.answer({ method: 'sessiongenerate', username, args, context });
  if (!answer.ok) {
    const { refusal } = answer;
    const done = again(refusal.code === 100 ? await refusalOfNobody(request) : refusal);
    return 'cause' in answer ? { ...done, report: { ...done.report, cause: answer.cause } } : done;
  }
  if (answer.value.method !== 'sessiongenerate') throw new Error('another method answered');
  const { ljsession } = answer.value.value;
  setSessionCookies(request, ljsession, cookieAge(term));
  return { response: c.redirect(safeNextPath(form.get('next')), 303), report: { ...report, outcome: 'ok' } };
}

/**
 * The refusal of a name that does not exist. It takes as long as the check of a password: else the time would tell
 * whether an account exists. A network that tries many such names is refused without a hash, as a ban refuses it.
 */
async function refusalOfNobody(request: PageRequest & SubmittedForm): Promise<Refusal> {
  const { services, form, address, unknownNames } = request;
  if (!unknownNames.allows(networkOf(address))) return { code: 402 };
  try {
    await services.ports.hasher.hash(md5Hex(form.get('password') ?? ''));
  } catch (error) {
    // Where many hashes wait already, every check is refused.
    if (!(error instanceof HasherBusy)) throw error;
    return { code: 507 };
  }
  return { code: 100 };
}

/** A short session ends with the browser, and after a day at the latest. */
export function cookieAge(term: Term): number | undefined {
  return term === 'long' ? lifetimes.long : undefined;
}

/** One text for a wrong name and a wrong password, so that the page does not tell whether an account exists. */
function problemOf(refusal: Refusal, { help }: SiteIdentity): Problem {
  const { code } = refusal;
  if (code === 402) {
    return { text: 'Too many attempts failed. Wait a few minutes, then try again.', status: 429 };
  }
  if (code === 203) {
    return {
      text: 'This server cannot tell your address. Sign in without "Only from my current address".',
      status: 403,
    };
  }
  if (code === 406) {
    return { text: 'Your account has signed in too often. Wait a few minutes, then try again.', status: 429 };
  }
  if (code >= 500) {
    return { text: 'Nobody can sign in right now. Please try again in a moment.', status: 503 };
  }
  if (code === 305 || code === 308) {
    const state = code === 305 ? 'suspended' : 'locked';
    const whom = help === undefined ? "Ask the site's staff." : `Ask here: ${help}`;
    return { text: `This account is ${state}, and cannot sign in. ${whom}`, status: 403 };
  }
  if (code >= 300) return { text: refusalText(refusal).replace(/^Client error: /, ''), status: 403 };
  return { text: 'The username or the password is wrong.', status: 403 };
}

/** Ends this session and deletes the cookies. */
export async function signOut(request: OwnerRequest & SubmittedForm): Promise<FormResult> {
  const { c, services, verified } = request;
  const { owner, id } = verified.session;
  const now = Math.floor(services.ports.clock.now() / 1000);
  await services.ports.sessions.expire(owner, [id], now + rowLifetime);
  clearSessionCookies(request);
  const report = { method: 'signout', account: owner, auth: 'cookie', outcome: 'ok' } as const;
  return { response: c.redirect('/account/signin?done=out', 303), report };
}
