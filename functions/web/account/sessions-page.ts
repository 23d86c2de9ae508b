/** The page that lists an account's sessions and ends them. */

import type { Account } from '../../../core/accounts/account.ts';
import { rowLifetime } from '../../../core/sessions/session.ts';
import { parseSessionId, type SessionId } from '../../../core/sessions/session-string.ts';
import { ConfirmationOutdated } from '../../../infra/operations/operator-context.ts';
import { endGeneration, validSessions } from '../../../infra/operations/session-operations.ts';
import { type Html, h, notice, passwordField } from '../html.ts';
import {
  type FormResult,
  type OwnerRequest,
  type SubmittedForm,
  showTo,
  tokenField,
} from '../page-request.ts';
import { clearSessionCookies } from '../session-cookie.ts';
import {
  asksForPassword,
  confirmationOutdated,
  confirmIfAsked,
  type Unconfirmed,
} from './confirm-password.ts';
import { renewSession } from './renew-session.ts';
import { sessionItem } from './session-item.ts';

/** What is shown after something was done, by the `done` of the query. */
const done = new Map([
  ['one', 'The session was ended.'],
  ['others', 'All your other sessions were ended.'],
  ['password', 'Your password was changed, and all your other sessions were ended.'],
]);

/** Sessions on a page. */
const pageSize = 50;

/** A page of the list: this browser first, then the newest. */
export async function sessionsPage(request: OwnerRequest, wrong?: Unconfirmed): Promise<Response> {
  const { c, services, verified } = request;
  const after = parseSessionId(c.req.query('after') ?? '');
  const { sessions, next } = await validSessions(services.operator, verified.account, after, pageSize);
  const others = sessions.filter(({ id }) => id !== verified.session.id);
  const outcome = done.get(c.req.query('done') ?? '');
  const list = h(
    'ul',
    { class: 'sessions' },
    after === undefined && sessionItem(request, verified.session),
    ...others.map((session) => sessionItem(request, session)),
  );
  const more = h('p', null, h('a', { href: `/account?after=${next}`, rel: 'next' }, 'More sessions'));
  const intro = h(
    'p',
    null,
    'These browsers and programs are signed in to your account. A session that you end is over at once.',
  );
  const content = [
    wrong && notice('wrong', wrong.text),
    outcome !== undefined && notice('done', outcome),
    intro,
    list,
    next !== undefined && more,
    endingForm(request),
  ];
  return showTo(request, { title: 'Your sessions', here: '/account' }, content, wrong?.status);
}

/** Both buttons are always there: the list has only a page of the sessions. */
function endingForm(request: OwnerRequest): Html {
  const button = (which: 'others' | 'all', text: string, kind?: string) =>
    h('button', { type: 'submit', name: 'which', value: which, class: kind }, text);
  return h(
    'form',
    { method: 'post', action: '/account/sessions/end' },
    tokenField(request.token),
    asksForPassword(request) && passwordField('Your password, to end more than one session'),
    h(
      'div',
      { class: 'actions' },
      button('others', 'End all other sessions'),
      button('all', 'End all sessions, including this one', 'danger'),
    ),
  );
}

/** Ends one session, all others or all. When it resolves, they are over everywhere. */
export async function endSessions(request: OwnerRequest & SubmittedForm): Promise<FormResult> {
  const { c, form } = request;
  const which = form.get('which');
  if (which === 'others' || which === 'all') return endMany(request, which);
  await endOne(request, parseSessionId(form.get('id') ?? ''));
  return { response: c.redirect('/account?done=one', 303), report: { ...reportOf(request), outcome: 'ok' } };
}

function reportOf({ verified }: OwnerRequest) {
  return { method: 'endsessions', account: verified.account.username, auth: 'cookie' } as const;
}

/** Nothing is written for a session that is not there. */
async function endOne({ services, verified }: OwnerRequest, id: SessionId | undefined): Promise<void> {
  if (id === undefined) return;
  const { ports } = services;
  const { username } = verified.account;
  const { sessions } = await ports.records.read({ account: username, sessions: [id], refusals: [] });
  const now = Math.floor(ports.clock.now() / 1000);
  if (sessions.has(id)) await ports.sessions.expire(username, [id], now + rowLifetime);
}

/** One write ends them, however many there are; this browser gets a new session where it stays. */
async function endMany(request: OwnerRequest & SubmittedForm, which: 'others' | 'all'): Promise<FormResult> {
  const { c, services, verified } = request;
  const report = reportOf(request);
  const wrong = await confirmIfAsked(request);
  if (wrong) return { response: sessionsPage(request, wrong), report: { ...report, outcome: wrong.code } };
  let changed: Account;
  try {
    changed = await endGeneration(services.operator, verified.account);
  } catch (error) {
    if (error instanceof ConfirmationOutdated) return confirmationOutdated(request, report);
    throw error;
  }
  if (which === 'others') await renewSession(request, changed);
  else clearSessionCookies(request);
  const response = c.redirect(which === 'others' ? '/account?done=others' : '/account/signin?done=all', 303);
  return { response, report: { ...report, outcome: 'ok' } };
}
