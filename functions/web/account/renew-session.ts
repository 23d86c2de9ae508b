/** Gives a browser a session in place of one that a change of its account has ended. */
import type { Account } from '../../../core/accounts/account.ts';
import { createSession } from '../../../core/sessions/create-session.ts';
import type { SessionVia } from '../../../core/sessions/session-via.ts';
import type { OwnerRequest } from '../page-request.ts';
import { setSessionCookies } from '../session-cookie.ts';
import { cookieAge } from './sign-in-page.ts';

/**
 * Makes a session like the one of the request, and sets it as the browser's cookie.
 * @param account as the change wrote it: the session belongs to that generation
 * @param via how the session came to be; absent: as the old one, and it ends when that would have
 */
export async function renewSession(request: OwnerRequest, account: Account, via?: SessionVia): Promise<void> {
  const { services, verified, agent } = request;
  const { term, network, via: old, expires } = verified.session;
  const ending = via ? { via } : { via: old, endsBy: expires };
  const ljsession = await createSession(services.ports, account, { term, network, agent, ...ending });
  setSessionCookies(request, ljsession, cookieAge(term));
}
