/** An end user's credentials and address, as a site's own code passes them on. */
import * as v from 'valibot';
import { networkOf, unknownNetwork } from '../../core/auth/network.ts';
import type { Context } from '../../core/protocol/context.ts';
import type { Arguments } from '../../core/protocol/values.ts';

const secret = v.pipe(v.string('must be text'), v.maxLength(2000, 'must be at most 2000 characters long'));

/** Where the end user is: refused credentials count for this address, never for the site's. */
export const origin = {
  address: v.pipe(
    v.string('must be text'),
    v.check((text) => networkOf(text) !== unknownNetwork, 'must be an IP address'),
  ),
  agent: v.exactOptional(
    v.pipe(v.string('must be text'), v.maxLength(1000, 'must be at most 1000 characters long')),
  ),
};

/** The ways to show who one is. */
export const credentials = {
  password: v.exactOptional(secret),
  /** md5_hex(password). */
  hpassword: v.exactOptional(secret),
  challenge: v.exactOptional(secret),
  response: v.exactOptional(secret),
  session: v.exactOptional(secret),
};

/** The members that show who somebody is. */
export type ShownCredentials = Partial<Record<keyof typeof credentials, string>>;

/** How many ways are used; a challenge and its response are one. */
export function waysIn({ password, hpassword, challenge, response, session }: ShownCredentials): number {
  return [password, hpassword, challenge ?? response, session].filter((one) => one !== undefined).length;
}

interface EndUser extends ShownCredentials {
  readonly address: string;
  readonly agent?: string;
}

/** The same as a client of the protocol sends it. */
export function callOf(user: EndUser): { readonly args: Arguments; readonly context: Context } {
  const { address, agent, session } = user;
  const context = { address, agent, cookie: undefined, ljAuth: undefined };
  if (session !== undefined) {
    return {
      args: new Map([['auth_method', 'cookie']]),
      // No separator of cookies: it is one session.
      context: { ...context, ljAuth: 'cookie', cookie: `ljsession=${session.replace(/[;,]/g, '?')}` },
    };
  }
  if (user.challenge !== undefined || user.response !== undefined) {
    return {
      args: new Map([
        ['auth_method', 'challenge'],
        ['auth_challenge', user.challenge ?? ''],
        ['auth_response', user.response ?? ''],
      ]),
      context,
    };
  }
  if (user.hpassword !== undefined) return { args: new Map([['hpassword', user.hpassword]]), context };
  return { args: new Map([['password', user.password ?? '']]), context };
}
