/** Settings of the site behind, part of the table in settings.ts. */
import { parseChoice, parseSiteUrl, verbatim } from './settings-parsers.ts';
import type { Setting } from './settings-schema.ts';
import { upstreamAuths } from './upstream/upstream.ts';

export const upstream = {
  flag: '--upstream <url>',
  variable: 'LJGATE_UPSTREAM',
  parse: parseSiteUrl,
  unset: 'no site behind',
  help: 'the site behind: every call that is not of log-in and sessions goes on to it',
  parameter: 'upstream',
  readBy: {
    serve: 'optional',
    doctor: 'optional',
    function: 'optional',
    admin: 'optional',
    worker: 'optional',
  },
} as const satisfies Setting;

export const upstreamAuth = {
  flag: '--upstream-auth <way>',
  variable: 'LJGATE_UPSTREAM_AUTH',
  parse: parseChoice(upstreamAuths),
  choices: upstreamAuths,
  default: 'assertion',
  help: 'how the site is told who calls: assertion, hpassword or challenge',
  parameter: 'upstreamAuth',
  readBy: { serve: 'default', function: 'default', worker: 'default' },
} as const satisfies Setting;

export const upstreamLogin = {
  flag: '--upstream-login <source>',
  variable: 'LJGATE_UPSTREAM_LOGIN',
  parse: parseChoice(['own', 'site']),
  choices: ['own', 'site'],
  default: 'own',
  help: "whose groups, journals, pictures, menus and moods login gives: own, or the site's",
  parameter: 'upstreamLogin',
  readBy: { serve: 'default', function: 'default', worker: 'default' },
} as const satisfies Setting;

export const upstreamIssuer = {
  flag: '--upstream-issuer <name>',
  variable: 'LJGATE_UPSTREAM_ISSUER',
  parse: verbatim,
  default: 'ljgate',
  help: 'the issuer (iss) that assertions name',
  parameter: 'upstreamIssuer',
  readBy: { serve: 'default', function: 'default', worker: 'default' },
} as const satisfies Setting;
