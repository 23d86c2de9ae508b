/** Who an end user is: credentials and sessions that a site's own code asks about. */
import * as v from 'valibot';
import { anyUsername, fields } from '../../core/accounts/validation.ts';
import { noteSessionUse } from '../../core/auth/note-use.ts';
import type { SecretUsed } from '../../core/auth/verification.ts';
import { type Refusal, refusalText } from '../../core/protocol/refusal.ts';
import { parseSession } from '../../core/sessions/session-string.ts';
import { verifySession } from '../../core/sessions/verify-session.ts';
import { sessionRow } from '../../infra/operations/views.ts';
import { ownOperation } from './api-context.ts';
import { callOf, credentials, origin, waysIn } from './end-user.ts';
import * as results from './results.ts';

/** A refusal for the site's code. What went wrong inside is no answer to the question. @throws {unknown} the cause */
export function refused({ refusal, cause }: { readonly refusal: Refusal; readonly cause?: unknown }) {
  if (refusal.code >= 500) throw cause ?? new Error(`refused with ${refusal.code}`);
  return { code: refusal.code, reason: refusalText(refusal).replace(/^(?:Client|Server) error: /, '') };
}

function provedBy(used: SecretUsed): { readonly by: string; readonly key: string | null } {
  switch (used.kind) {
    case 'password':
    case 'bcrypt':
      return { by: 'password', key: null };
    case 'clientKey':
      return { by: 'clientKey', key: used.key.id };
    case 'session':
      return { by: 'session', key: null };
  }
}

export const verify = ownOperation(
  {
    method: 'POST',
    path: '/verify',
    summary: "Verify an end user's credentials, with that user's address",
    scopes: ['verify'],
    input: v.pipe(
      fields({ username: anyUsername, ...origin, ...credentials }),
      v.check(
        (input) => waysIn(input) === 1,
        'password, hpassword, challenge with response, session: one must be given',
      ),
    ),
    result: results.verified,
  },
  async ({ gateway }, { username, ...user }) => {
    const admitted = await gateway.admit({ username, ...callOf(user) });
    if (!admitted.ok) return { verified: false, ...refused(admitted) };
    const { account, used } = admitted.value;
    const { userid, fullname, status } = account;
    return { verified: true, username: account.username, userid, fullname, status, ...provedBy(used) };
  },
);

export const checkSession = ownOperation(
  {
    method: 'POST',
    path: '/sessions/check',
    summary: 'Check a session, as a browser or program showed it',
    scopes: ['sessions'],
    input: fields({ session: v.pipe(v.string('must be text'), v.maxLength(2000)), ...origin }),
    result: results.sessionChecked,
  },
  async ({ ports }, { session, address }) => {
    const claim = parseSession(session);
    const cookie = claim && `ljsession=ws:${claim.owner}:${claim.id}:${claim.auth}`;
    const found = cookie && (await verifySession(ports, { cookie, address }));
    if (!found) return { valid: false };
    await noteSessionUse(ports, found.session);
    const { username, userid } = found.account;
    return { valid: true, username, userid, ...sessionRow(found.session) };
  },
);
