/** Signing in and out: sessiongenerate and sessionexpire, for people with a browser. */
import { type Refusal, refusalText } from '../../../core/refusal.ts';
import { lifetimes, rowLifetime, type Term } from '../../../core/session.ts';
import { parseUsername } from '../../../core/username.ts';
import { sessionCookie } from '../cookie.ts';
import { visitorToken } from '../form-guard.ts';
import { choice, field, h, notice } from '../html.ts';
import { type Done, type Sent, type SignedIn, show, tokenField, type Visit } from '../visit.ts';

/** Why an attempt did not do. */
interface Problem {
  readonly text: string;
  readonly status: 403 | 429 | 503;
}

/** The form. After an attempt that did not do, with what was sent, but never the password. */
export function signInPage(visit: Visit, problem?: Problem, sent?: URLSearchParams) {
  const { c, world, secure } = visit;
  const next = placeToGo(sent?.get('next') ?? c.req.query('next'));
  const form = h(
    'form',
    { method: 'post', action: '/account/signin', class: 'card' },
    tokenField(visitorToken(c, world.ports.random, secure)),
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
    field('Password', {
      name: 'password',
      type: 'password',
      autocomplete: 'current-password',
      maxlength: 1000,
      required: true,
    }),
    choice('Stay signed in for 30 days', {
      type: 'checkbox',
      name: 'long',
      value: '1',
      checked: sent?.has('long') ?? false,
    }),
    choice('Only from the address that I am at now', {
      type: 'checkbox',
      name: 'bound',
      value: '1',
      checked: sent?.has('bound') ?? false,
    }),
    h('button', { type: 'submit' }, 'Sign in'),
  );
  return show(visit, { title: 'Sign in' }, [problem && notice('wrong', problem.text), form], problem?.status);
}

/** Makes a session as any client does, bans and all, and hands it to the browser as its cookie. */
export async function signIn(visit: Visit & Sent): Promise<Done> {
  const { c, world, form, address, agent, secure } = visit;
  const username = parseUsername(form.get('username') ?? '');
  const term: Term = form.has('long') ? 'long' : 'short';
  const report = { method: 'signin', auth: 'clear', ...(username && { account: username }) } as const;
  const again = (refusal: Refusal): Done => {
    const response = signInPage(visit, problemOf(refusal), form);
    return { response, report: { ...report, outcome: refusal.code } };
  };
  if (!username) return again({ code: 100 });

  const args = new Map([
    ['password', form.get('password') ?? ''],
    ['expiration', term],
    ['ipfixed', form.has('bound') ? '1' : ''],
  ]);
  const context = { address, agent, cookie: undefined, ljAuth: undefined };
  const answer = await world.gateway.answer({ method: 'sessiongenerate', username, args, context });
  if (!answer.ok) {
    const done = again(answer.refusal);
    return 'cause' in answer ? { ...done, report: { ...done.report, cause: answer.cause } } : done;
  }
  if (answer.value.method !== 'sessiongenerate') throw new Error('another method answered');
  const { ljsession } = answer.value.value;
  c.header('Set-Cookie', sessionCookie(ljsession, { secure, ...keeping(term) }), { append: true });
  return { response: c.redirect(placeToGo(form.get('next')), 303), report: { ...report, outcome: 'ok' } };
}

/** A short session goes with the browser, and after a day at the latest. */
export function keeping(term: Term): { readonly maxAge?: number } {
  return term === 'long' ? { maxAge: lifetimes.long } : {};
}

/** One text for a wrong name and a wrong password: whether an account exists is not told here. */
function problemOf(refusal: Refusal): Problem {
  const { code } = refusal;
  if (code === 402) {
    return { text: 'Too many attempts failed. Wait a few minutes, then try again.', status: 429 };
  }
  if (code >= 500) {
    return { text: 'Nobody can sign in right now. Please try again in a moment.', status: 503 };
  }
  if (code >= 300) return { text: refusalText(refusal).replace(/^Client error: /, ''), status: 403 };
  return { text: 'That username and password do not go together.', status: 403 };
}

/** Where to go after signing in: a path of this site, never another site. */
export function placeToGo(next: string | null | undefined): string {
  const here = 'http://here.invalid';
  if (!next?.startsWith('/') || !URL.canParse(next, here)) return '/account';
  const { origin, pathname, search } = new URL(next, here);
  return origin === here && !pathname.startsWith('//') ? pathname + search : '/account';
}

/** Ends this session and takes the cookie away. */
export async function signOut({ c, world, held, secure }: SignedIn & Sent): Promise<Done> {
  const { owner, id } = held.session;
  const now = Math.floor(world.ports.clock.now() / 1000);
  await world.ports.sessions.expire(owner, [id], now + rowLifetime);
  c.header('Set-Cookie', sessionCookie('', { secure, maxAge: 0 }), { append: true });
  const report = { method: 'signout', account: owner, auth: 'cookie', outcome: 'ok' } as const;
  return { response: c.redirect('/account/signin', 303), report };
}
