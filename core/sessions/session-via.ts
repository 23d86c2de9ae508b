/** How a session was made: it decides what else ends the session, and which pages it opens. */
import { type Account, type ClientKeyId, isClientKeyId } from '../accounts/account.ts';

/** How a session was made. @see PROTOCOL §4 */
export type SessionVia =
  /** With the password, entered at this time (Unix seconds) for this session or for one that made it. */
  | { readonly by: 'password'; readonly at: number }
  /** With a client key, directly or through another session. */
  | { readonly by: 'clientKey'; readonly key: ClientKeyId }
  /** By the site's own code, through its interface. */
  | { readonly by: 'site' };

/** As stores hold it: `password:SECONDS`, `key:ID` or `site`. */
export function viaText(via: SessionVia): string {
  switch (via.by) {
    case 'password':
      return `password:${via.at}`;
    case 'clientKey':
      return `key:${via.key}`;
    case 'site':
      return 'site';
  }
}

/** Reads what `viaText` wrote; `undefined` for anything else. */
export function parseVia(text: string): SessionVia | undefined {
  if (text === 'site') return { by: 'site' };
  const [, kind, value = ''] = /^(password|key):(.+)$/s.exec(text) ?? [];
  if (kind === 'password' && /^\d{1,12}$/.test(value)) return { by: 'password', at: Number(value) };
  return kind === 'key' && isClientKeyId(value) ? { by: 'clientKey', key: value } : undefined;
}

/** The part of a session that this module reads. */
interface Made {
  readonly via?: SessionVia;
}

/** Whether the client key that made a session was revoked. */
export function isKeyRevoked({ via }: Made, { clientKeys }: Account): boolean {
  return via?.by === 'clientKey' && !clientKeys.some(({ id }) => id === via.key);
}

/**
 * Whether a session opens the pages on which its account is changed: not if a client key made it, nor if
 * it is not known how it was made.
 */
export function opensAccount({ via }: Made): boolean {
  return via !== undefined && via.by !== 'clientKey';
}

/** Seconds for which a password that was entered is not asked for again. */
const recent = 15 * 60;

/** Whether the password was entered so recently that it need not be asked for. `now`: Unix seconds. */
export function isPasswordRecent({ via }: Made, now: number): boolean {
  return via?.by === 'password' && now - via.at <= recent;
}
