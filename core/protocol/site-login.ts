/** The parts of the result of login that the site behind may give in place of the gateway's own record. */
import type { Account, FriendGroup } from '../accounts/account.ts';
import type { SecretUsed } from '../auth/verification.ts';
import type { Context } from './context.ts';
import type { MenuItem, Mood } from './gateway-settings.ts';

/** What a site says; what it does not say stays as the own record has it. @see PROTOCOL §5, §10 */
export interface SiteLogin {
  readonly message?: string;
  readonly friendgroups?: readonly FriendGroup[];
  readonly usejournals?: readonly string[];
  readonly moods?: readonly Mood[];
  readonly pickws?: readonly string[];
  readonly pickwurls?: readonly string[];
  readonly defaultpicurl?: string;
  readonly menus?: readonly MenuItem[];
}

/** A log-in whose result the site completes. */
export interface SiteLoginRequest {
  readonly account: Account;
  readonly used: SecretUsed;
  readonly context: Context;
  /** The arguments of login by which a client asks for parts of the result. */
  readonly wishes: ReadonlyMap<string, string>;
}

/** What the site says of an account at log-in. */
export interface SiteLogins {
  /** `undefined` where the site does not answer: then the gateway's own record does. Never rejects. */
  read(request: SiteLoginRequest): Promise<SiteLogin | undefined>;
}
