/** Everything for browsers and for other services: the session check, the front page, the account. */

import { secureHeaders } from 'hono/secure-headers';
import { Hono } from 'hono/tiny';
import type { Network } from '../../core/auth/network.ts';
import { createRateCounter } from '../../core/auth/rate-counter.ts';
import type { SiteIdentity } from '../../infra/site/site-identity.ts';
import { dropKey, keysPage, makeKey } from './account/keys-page.ts';
import { changePassword, passwordPage } from './account/password-page.ts';
import { requestedPath } from './account/return-path.ts';
import { endSessions, sessionsPage } from './account/sessions-page.ts';
import { passwordWanted, signIn, signInPage, signOut } from './account/sign-in-page.ts';
import { openAssets } from './assets.ts';
import { frontContent } from './front-page.ts';
import { document, h } from './html.ts';
import { forAnybody, forOwner, fromOwner, fromSignedOut, mayChange, withErrorPage } from './page-handlers.ts';
import { type PageOptions, show } from './page-request.ts';
import { checkSession } from './session-check.ts';
import type { PageEnv, WebOptions } from './web-context.ts';

/**
 * Pages load nothing from other hosts, run no inline script, and cannot be framed by another site.
 * `same-origin`: with `no-referrer` browsers would hide the origin of forms.
 */
const strict = {
  contentSecurityPolicy: {
    defaultSrc: ["'none'"],
    styleSrc: ["'self'"],
    imgSrc: ["'self'"],
    formAction: ["'self'"],
    frameAncestors: ["'none'"],
    baseUri: ["'none'"],
  },
  referrerPolicy: 'same-origin',
  xFrameOptions: 'DENY',
  // No HSTS: old clients of the same host speak only http, so the site has to decide.
  strictTransportSecurity: false,
} satisfies Parameters<typeof secureHeaders>[0];

const withScript = {
  ...strict,
  contentSecurityPolicy: { ...strict.contentSecurityPolicy, scriptSrc: ["'self'"], connectSrc: ["'self'"] },
};

/** Adds the pages to an app. */
export function addPages(app: Hono<PageEnv>, options: WebOptions): void {
  const assets = openAssets();
  const unknownNames = createRateCounter<Network>({ now: Date.now }, { count: 20, seconds: 300 });
  const pageOptions: PageOptions = { options, assets, unknownNames };

  const account = new Hono<PageEnv>();
  account.use(secureHeaders(strict), async (c, next) => {
    c.header('Cache-Control', 'no-store');
    await next();
  });
  account.get(
    '/signin',
    forAnybody(pageOptions, (request, owner) => {
      if (!owner) return signInPage(request);
      if (!mayChange(owner)) return signInPage(request, passwordWanted);
      return request.c.redirect(requestedPath(request.c.env.wire.target), 303);
    }),
  );
  account.post('/signin', fromSignedOut(pageOptions, signIn));
  account.post('/signout', fromOwner(pageOptions, signOut));
  account.get(
    '/',
    forOwner(pageOptions, (request) => sessionsPage(request)),
  );
  account.post('/sessions/end', fromOwner(pageOptions, endSessions));
  account.get(
    '/keys',
    forOwner(pageOptions, (request) => keysPage(request)),
  );
  account.post('/keys', fromOwner(pageOptions, makeKey));
  account.post('/keys/revoke', fromOwner(pageOptions, dropKey));
  account.get(
    '/password',
    forOwner(pageOptions, (request) => passwordPage(request)),
  );
  account.post('/password', fromOwner(pageOptions, changePassword));

  account.get(
    '*',
    forAnybody(pageOptions, (request) => show(request, { title: 'Not found' }, [notFound()], 404)),
  );

  app.all('/session', (c) => checkSession(c, options));
  app.get('/assets/*', (c) => assets.answer(c));
  let front: string | undefined;
  app.get(
    '/',
    secureHeaders(withScript),
    withErrorPage(pageOptions, async (c) => {
      // The page is there also where the store is not.
      const services = await options.open().catch(() => undefined);
      if (!services) return c.html(frontPage(pageOptions));
      front ??= frontPage(pageOptions, services.identity);
      return c.html(front);
    }),
  );
  app.route('/account', account);
}

function notFound() {
  const link = h('a', { href: '/account' }, 'Your account');
  return h('p', null, 'There is no such page. ', link, ' has your sessions, client keys and password.');
}

function frontPage(
  { options, assets }: Pick<PageOptions, 'options' | 'assets'>,
  identity: SiteIdentity = {},
): string {
  const { console, demo } = options.front();
  const links = { style: assets.path('style.css'), icon: assets.path('icon.svg') };
  const script = console ? { script: assets.path('console.js') } : {};
  const content = frontContent(console, demo);
  return document(
    { title: 'LiveJournal client protocol', identity, assets: { ...links, ...script } },
    ...content,
  );
}
