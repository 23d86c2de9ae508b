/** A visit to a page: who is there, in which world, and what their form says. */
import type { Context, Handler } from 'hono';
import { HTTPException } from 'hono/http-exception';
import { sameText } from '../../core/digest.ts';
import { refusalOf } from '../../core/gateway.ts';
import { type HeldSession, verifySession } from '../../core/verify-session.ts';
import { measured } from '../../infra/telemetry/measures.ts';
import type { CallReport } from '../adapters/door.ts';
import { readBody } from '../http/body.ts';
import type { Assets } from './assets.ts';
import { isFromElsewhere, isVisitorToken, sessionToken } from './form-guard.ts';
import { document, h, notice, type Page } from './html.ts';
import type { WebOptions, WebWorld } from './world.ts';

/** The largest form, in bytes: names and passwords are short. */
const formLimit = 16 * 1024;

/** What every page is made with. */
export interface Surroundings {
  readonly options: WebOptions;
  readonly assets: Assets;
}

/** One request by anybody. */
export interface Visit {
  readonly c: Context;
  readonly world: WebWorld;
  readonly assets: Assets;
  readonly address: string | undefined;
  readonly agent: string | undefined;
  /** Whether the browser's connection is encrypted. */
  readonly secure: boolean;
}

/** One request by somebody who is signed in. */
export interface SignedIn extends Visit {
  readonly held: HeldSession;
  /** The token that every form of theirs carries. */
  readonly token: string;
}

/** A form that was sent, and came from our own page. */
export interface Sent {
  readonly form: URLSearchParams;
}

/** What a form came to: the answer, and what the log says. */
export interface Done {
  readonly response: Response | Promise<Response>;
  readonly report: CallReport;
}

type Status = 200 | 403 | 413 | 422 | 429 | 500 | 503;

/** Answers with a page. */
export function show(
  { c, assets }: Pick<Visit, 'c' | 'assets'>,
  page: Omit<Page, 'assets'>,
  content: readonly Parameters<typeof document>[1][],
  status: Status = 200,
): Response | Promise<Response> {
  const links = { style: assets.path('style.css'), icon: assets.path('icon.svg') };
  return c.html(document({ ...page, assets: links }, ...content), status);
}

/** Answers with a page of somebody who is signed in. */
export function showTo(
  visit: SignedIn,
  page: Pick<Page, 'title' | 'here'>,
  content: readonly Parameters<typeof document>[1][],
  status: Status = 200,
): Response | Promise<Response> {
  const signOut = h(
    'form',
    { method: 'post', action: '/account/signout', class: 'sign-out' },
    tokenField(visit.token),
    h('button', { type: 'submit', class: 'quiet' }, 'Sign out'),
  );
  return show(visit, { ...page, account: visit.held.account, signOut }, content, status);
}

/** The hidden field that a form is held to. */
export function tokenField(token: string) {
  return h('input', { type: 'hidden', name: 'token', value: token });
}

async function visitOf(c: Context, { options, assets }: Surroundings): Promise<Visit> {
  const world = await options.open();
  const address = options.addressOf(c);
  const secure = options.schemeOf(c) === 'https';
  return { c, world, assets, address, agent: c.req.header('User-Agent'), secure };
}

async function signedIn(visit: Visit): Promise<SignedIn | undefined> {
  const cookie = visit.c.req.header('Cookie');
  const held = await verifySession(visit.world.ports, { cookie, address: visit.address });
  return held && { ...visit, held, token: sessionToken(held.claim) };
}

/** A page for anybody; `held` where somebody is signed in. */
export function forAnybody(
  surroundings: Surroundings,
  page: (visit: Visit, held: SignedIn | undefined) => Response | Promise<Response>,
): Handler {
  return guarded(surroundings, async (c) => {
    const visit = await visitOf(c, surroundings);
    return page(visit, await signedIn(visit));
  });
}

/** A page for its owner; others are sent to sign in, and come back. */
export function forOwner(
  surroundings: Surroundings,
  page: (visit: SignedIn) => Response | Promise<Response>,
): Handler {
  return forAnybody(surroundings, ({ c }, held) => (held ? page(held) : toSignIn(c)));
}

function toSignIn(c: Context): Response {
  const next = c.req.method === 'GET' ? `?next=${encodeURIComponent(c.req.path)}` : '';
  return c.redirect(`/account/signin${next}`, 303);
}

/** The sign-in form: nobody is signed in yet, so its token is bound to the browser. */
export function fromVisitor(
  surroundings: Surroundings,
  act: (visit: Visit & Sent) => Promise<Done>,
): Handler {
  return guarded(surroundings, async (c) => {
    const visit = await visitOf(c, surroundings);
    const form = await readForm(c);
    if (form === 'too large') return tooLarge(visit);
    if (isFromElsewhere(c) || !isVisitorToken(c, form.get('token') ?? '')) return strange(visit);
    return logged(surroundings, visit, () => act({ ...visit, form }));
  });
}

/** A form of somebody who is signed in. */
export function fromOwner(
  surroundings: Surroundings,
  act: (visit: SignedIn & Sent) => Promise<Done>,
): Handler {
  return guarded(surroundings, async (c) => {
    const visit = await signedIn(await visitOf(c, surroundings));
    if (!visit) return toSignIn(c);
    const form = await readForm(c);
    if (form === 'too large') return tooLarge(visit);
    if (isFromElsewhere(c) || !sameText(form.get('token') ?? '', visit.token)) return strange(visit);
    return logged(surroundings, visit, () => act({ ...visit, form }));
  });
}

async function readForm(c: Context): Promise<URLSearchParams | 'too large'> {
  const body = await readBody(c.req.raw, formLimit);
  if (body === 'broken off') throw new HTTPException(400);
  return body === 'too large' ? body : new URLSearchParams(new TextDecoder().decode(body));
}

function tooLarge(visit: Visit): Response | Promise<Response> {
  return show(visit, { title: 'Too much' }, [notice('wrong', 'That was more than a form can hold.')], 413);
}

function strange(visit: Visit): Response | Promise<Response> {
  const text = 'This form did not come from a page of yours, or the page was too old. Nothing was done.';
  const again = h('p', null, h('a', { href: '/account' }, 'Open the page again'), ' and send it from there.');
  return show(visit, { title: 'Not accepted' }, [notice('wrong', text), again], 403);
}

async function logged(
  { options }: Surroundings,
  { c, address }: Visit,
  act: () => Promise<Done>,
): Promise<Response> {
  const started = performance.now();
  const [{ response, report }, measures] = await measured(act);
  const answer = await response;
  options.log({
    request: options.requestIdOf(c),
    wire: 'web',
    status: answer.status,
    ms: performance.now() - started,
    ...measures,
    caller: { address },
    calls: [report],
  });
  return answer;
}

/** What goes wrong inside is a page, too, and tells nothing of it. */
function guarded({ options, assets }: Surroundings, handle: (c: Context) => Promise<Response>): Handler {
  return async (c) => {
    try {
      return await handle(c);
    } catch (error) {
      options.logError(error);
      const away = refusalOf(error).code > 501;
      const text = away
        ? 'This cannot be done right now. Please try again in a moment.'
        : 'Something went wrong on our side. Please try again later.';
      return show({ c, assets }, { title: 'Sorry' }, [notice('wrong', text)], away ? 503 : 500);
    }
  };
}
