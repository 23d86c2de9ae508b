/** Holds the account's own password against it: what a stolen session must not be able to do takes it. */
import { md5Hex, sameText, sha256Hex } from '../../../core/digest.ts';
import type { Sent, SignedIn } from '../visit.ts';

/** A password that does not hold, in words for the page. */
export interface Unconfirmed {
  readonly text: string;
  readonly status: 422 | 429;
  /** The refusal's number, for the log. */
  readonly code: number;
}

/**
 * `undefined` when the form's `password` is the account's own. Checked as at any log-in, bans
 * included. A client key does not do: whoever has one program's key must not lock its owner out.
 * @throws {StoreUnavailable | StoreFailed | HasherBusy} when nobody can tell
 */
export async function confirmPassword(visit: SignedIn & Sent): Promise<Unconfirmed | undefined> {
  const { world, held, form, address, agent } = visit;
  const { account } = held;
  const password = form.get('password') ?? '';
  const context = { address, agent, cookie: undefined, ljAuth: undefined };
  const args = new Map([['password', password]]);
  const answer = await world.gateway.answer({ method: 'login', username: account.username, args, context });
  if (!answer.ok) {
    const { code } = answer.refusal;
    if (code === 402) {
      return { text: 'Too many attempts failed. Wait a few minutes, then try again.', status: 429, code };
    }
    if (code >= 500) throw answer.cause ?? new Error(`refused with ${code}`);
    return { text: 'Your current password is another one.', status: 422, code };
  }
  const shown = sha256Hex(md5Hex(password));
  if (account.clientKeys.some(({ digest }) => sameText(digest, shown))) {
    return { text: 'That is a client key. This takes the password itself.', status: 422, code: 101 };
  }
  return undefined;
}
