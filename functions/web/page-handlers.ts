/** Handlers of pages: they find out who is signed in, refuse forms of other sites, and log what a form did. */
import { sameText } from '../../core/auth/digest.ts';
import { noteSessionUse } from '../../core/auth/note-use.ts';
import { refusalOf } from '../../core/protocol/gateway.ts';
import { opensAccount } from '../../core/sessions/session-via.ts';
import { verifySessions } from '../../core/sessions/verify-session.ts';
import { WrongSetting } from '../../infra/settings-reader.ts';
import { measured } from '../../infra/telemetry/request-measures.ts';
import { addressToLog } from '../wire/request-log.ts';
import type { NoBody } from '../wire/wire-request.ts';
import { isFromElsewhere, isSignInToken, sessionToken } from './form-guard.ts';
import { h, notice } from './html.ts';
import {
  type FormResult,
  type OwnerRequest,
  type PageOptions,
  type PageRequest,
  type SubmittedForm,
  show,
} from './page-request.ts';
import { accountOfBrowser } from './session-cookie.ts';
import type { PageContext, PageHandler } from './web-context.ts';

/** The largest form, in bytes: names and passwords are short. */
const formLimit = 16 * 1024;

async function pageRequest(
  c: PageContext,
  { options, assets, unknownNames }: PageOptions,
): Promise<PageRequest> {
  const services = await options.open();
  const { address, scheme } = c.env.wire;
  const secure = scheme === 'https';
  return { c, services, assets, unknownNames, address, agent: c.req.header('User-Agent'), secure };
}

/**
 * Whose session the browser shows. A sibling host can add its own `ljsession` in front of ours. So where somebody
 * signed in here, only his sessions count; where nobody did, sessions of several accounts count for none.
 */
async function signedIn(request: PageRequest): Promise<OwnerRequest | undefined> {
  const cookie = request.c.req.header('Cookie');
  const all = await verifySessions(request.services.ports, { cookie, address: request.address });
  const owner = accountOfBrowser(request) ?? all[0]?.session.owner;
  const own = all.filter(({ session }) => session.owner === owner);
  const isClear = own.length === all.length || accountOfBrowser(request) !== undefined;
  const verified = isClear ? own[0] : undefined;
  if (verified) await noteSessionUse(request.services.ports, verified.session);
  return verified && { ...request, verified, token: sessionToken(verified.claim) };
}

/** A page for anybody; `owner` where somebody is signed in. */
export function forAnybody(
  options: PageOptions,
  page: (request: PageRequest, owner: OwnerRequest | undefined) => Response | Promise<Response>,
): PageHandler {
  return withErrorPage(options, async (c) => {
    const request = await pageRequest(c, options);
    return page(request, await signedIn(request));
  });
}

/** A page for an account holder. Others are sent to the sign-in page, and come back from there. */
export function forOwner(
  options: PageOptions,
  page: (request: OwnerRequest) => Response | Promise<Response>,
): PageHandler {
  return forAnybody(options, ({ c }, owner) => (owner && mayChange(owner) ? page(owner) : toSignIn(c)));
}

/** Whether the session opens the pages on which its account is changed. @see PROTOCOL §4 */
export function mayChange({ verified }: OwnerRequest): boolean {
  return opensAccount(verified.session);
}

function toSignIn(c: PageContext): Response {
  const next = c.req.method === 'GET' ? `?next=${c.req.path}` : '';
  return c.redirect(`/account/signin${next}`, 303);
}

/** The sign-in form: nobody is signed in yet, so its token is bound to the browser. */
export function fromSignedOut(
  options: PageOptions,
  act: (request: PageRequest & SubmittedForm) => Promise<FormResult>,
): PageHandler {
  return withErrorPage(options, async (c) => {
    const request = await pageRequest(c, options);
    const form = await readForm(c);
    if (typeof form === 'string') return noForm(request, form);
    if (isFromElsewhere(c) || !isSignInToken(c, form.get('token') ?? '')) return rejected(request);
    return logged(options, request, () => act({ ...request, form }));
  });
}

/** A form of somebody who is signed in. */
export function fromOwner(
  options: PageOptions,
  act: (request: OwnerRequest & SubmittedForm) => Promise<FormResult>,
): PageHandler {
  return withErrorPage(options, async (c) => {
    const request = await signedIn(await pageRequest(c, options));
    if (!request || !mayChange(request)) return toSignIn(c);
    const form = await readForm(c);
    if (typeof form === 'string') return noForm(request, form);
    if (isFromElsewhere(c) || !sameText(form.get('token') ?? '', request.token)) return rejected(request);
    return logged(options, request, () => act({ ...request, form }));
  });
}

async function readForm(c: PageContext): Promise<URLSearchParams | NoBody> {
  const body = await c.env.wire.body(formLimit);
  return typeof body === 'string' ? body : new URLSearchParams(new TextDecoder().decode(body));
}

function noForm(request: PageRequest, why: NoBody): Response | Promise<Response> {
  // The client has disconnected.
  if (why === 'broken off') return request.c.text('Bad request\n', 400);
  return show(request, { title: 'Too large' }, [notice('wrong', 'The form was too large.')], 413);
}

function rejected(request: PageRequest): Response | Promise<Response> {
  const text = 'This form was sent by another site, or its page was too old. Nothing was changed.';
  const again = h('p', null, h('a', { href: '/account' }, 'Open the page again'), ' and send it from there.');
  return show(request, { title: 'Not accepted' }, [notice('wrong', text), again], 403);
}

async function logged(
  { options }: PageOptions,
  { c, address }: PageRequest,
  act: () => Promise<FormResult>,
): Promise<Response> {
  const started = performance.now();
  const [{ response, report }, measures] = await measured(act);
  const answer = await response;
  options.log({
    request: c.env.wire.id,
    wire: 'web',
    status: answer.status,
    ms: performance.now() - started,
    ...measures,
    address: addressToLog({ address }, [report]),
    calls: [report],
  });
  return answer;
}

/** An error inside becomes a page, which says what to do and nothing about the cause. */
export function withErrorPage(
  { options, assets }: PageOptions,
  handle: (c: PageContext) => Promise<Response>,
): PageHandler {
  return async (c) => {
    try {
      return await handle(c);
    } catch (error) {
      options.logError(error);
      const { code } = refusalOf(error);
      return show(
        { c, assets },
        { title: 'Sorry' },
        [notice('wrong', sorry(error, code))],
        code > 501 ? 503 : 500,
      );
    }
  };
}

function sorry(error: unknown, code: number): string {
  if (error instanceof WrongSetting) {
    return 'This server is not set up correctly. If it is yours, its log says which setting is wrong.';
  }
  return code > 501
    ? 'This cannot be done right now. Please try again in a moment.'
    : 'Something went wrong on our side. Please try again later.';
}
