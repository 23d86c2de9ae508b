/** Everything for browsers and for other services: the session check, the front page, the account. */
import { Hono } from 'hono';
import { secureHeaders } from 'hono/secure-headers';
import { dropKey, keysPage, makeKey } from './account/keys.ts';
import { changePassword, passwordPage } from './account/password.ts';
import { endSessions, sessionsPage } from './account/sessions.ts';
import { placeToGo, signIn, signInPage, signOut } from './account/sign-in.ts';
import { openAssets } from './assets.ts';
import { frontContent } from './front.ts';
import { document } from './html.ts';
import { checkSession } from './session-check.ts';
import { forAnybody, forOwner, fromOwner, fromVisitor, type Surroundings } from './visit.ts';
import type { WebOptions } from './world.ts';

/**
 * Nothing is loaded that is not ours, nothing runs that is written into a page, and no other site's
 * page holds ours in a frame. `same-origin`: with `no-referrer` browsers hide the origin of forms.
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
  // Old clients of the same host know only http: that is for the site to decide.
  strictTransportSecurity: false,
} satisfies Parameters<typeof secureHeaders>[0];

const withScript = {
  ...strict,
  contentSecurityPolicy: { ...strict.contentSecurityPolicy, scriptSrc: ["'self'"], connectSrc: ["'self'"] },
};

/** Adds the pages to an app. */
export function webPages(options: WebOptions): (app: Hono) => void {
  const assets = openAssets();
  const around: Surroundings = { options, assets };
  const front = frontPage(around);

  const account = new Hono();
  account.use(secureHeaders(strict), async (c, next) => {
    c.header('Cache-Control', 'no-store');
    await next();
  });
  account.get(
    '/signin',
    forAnybody(around, (visit, held) =>
      held ? visit.c.redirect(placeToGo(visit.c.req.query('next')), 303) : signInPage(visit),
    ),
  );
  account.post('/signin', fromVisitor(around, signIn));
  account.post('/signout', fromOwner(around, signOut));
  account.get('/', forOwner(around, sessionsPage));
  account.post('/sessions/end', fromOwner(around, endSessions));
  account.get(
    '/keys',
    forOwner(around, (visit) => keysPage(visit)),
  );
  account.post('/keys', fromOwner(around, makeKey));
  account.post('/keys/revoke', fromOwner(around, dropKey));
  account.get(
    '/password',
    forOwner(around, (visit) => passwordPage(visit)),
  );
  account.post('/password', fromOwner(around, changePassword));

  return (app) => {
    app.all('/session', (c) => checkSession(c, options));
    app.get('/assets/*', (c) => assets.answer(c));
    app.get('/', secureHeaders(withScript), (c) => c.html(front));
    app.route('/account', account);
  };
}

function frontPage({ options, assets }: Surroundings): string {
  const links = { style: assets.path('style.css'), icon: assets.path('icon.svg') };
  const script = options.console ? { script: assets.path('console.js') } : {};
  const content = frontContent(options.console, options.demo);
  return document({ title: 'LiveJournal client protocol', assets: { ...links, ...script } }, ...content);
}
