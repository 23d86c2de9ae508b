/** What a page is made from: who asked for it, and what a form has. */
import type { Network } from '../../core/auth/network.ts';
import type { RateCounter } from '../../core/auth/rate-counter.ts';
import type { VerifiedSession } from '../../core/sessions/verify-session.ts';
import type { CallReport } from '../wire/endpoint.ts';
import type { Assets } from './assets.ts';
import { document, h, type Page } from './html.ts';
import type { PageContext, WebContext, WebOptions } from './web-context.ts';

/** What every page is made with. */
export interface PageOptions {
  readonly options: WebOptions;
  readonly assets: Assets;
  /** Counts hashes for names that do not exist, which no ban counts. */
  readonly unknownNames: RateCounter<Network>;
}

/** One request by anybody. */
export interface PageRequest {
  readonly c: PageContext;
  readonly services: WebContext;
  readonly assets: Assets;
  readonly unknownNames: RateCounter<Network>;
  readonly address: string | undefined;
  readonly agent: string | undefined;
  /** Whether the browser's connection is encrypted. */
  readonly secure: boolean;
}

/** One request by somebody who is signed in. */
export interface OwnerRequest extends PageRequest {
  readonly verified: VerifiedSession;
  /** The token in each of their forms. */
  readonly token: string;
}

/** A form that was sent, and came from our own page. */
export interface SubmittedForm {
  readonly form: URLSearchParams;
}

/** What a form led to: the response, and what is logged. */
export interface FormResult {
  readonly response: Response | Promise<Response>;
  readonly report: CallReport;
}

type Status = 200 | 403 | 404 | 413 | 422 | 429 | 500 | 503;

/** Answers with a page. */
export function show(
  { c, assets, services }: Pick<PageRequest, 'c' | 'assets'> & Partial<Pick<PageRequest, 'services'>>,
  page: Omit<Page, 'assets' | 'identity'>,
  content: readonly Parameters<typeof document>[1][],
  status: Status = 200,
): Response | Promise<Response> {
  const links = { style: assets.path('style.css'), icon: assets.path('icon.svg') };
  return c.html(document({ ...page, identity: services?.identity ?? {}, assets: links }, ...content), status);
}

/** Answers with a page of somebody who is signed in. */
export function showTo(
  request: OwnerRequest,
  page: Pick<Page, 'title' | 'here'>,
  content: readonly Parameters<typeof document>[1][],
  status: Status = 200,
): Response | Promise<Response> {
  const signOut = h(
    'form',
    { method: 'post', action: '/account/signout', class: 'sign-out' },
    tokenField(request.token),
    h('button', { type: 'submit', class: 'quiet' }, 'Sign out'),
  );
  return show(request, { ...page, account: request.verified.account, signOut }, content, status);
}

/** The hidden field that shows that a form came from our own page. */
export function tokenField(token: string) {
  return h('input', { type: 'hidden', name: 'token', value: token });
}
