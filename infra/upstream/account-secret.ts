/** The account's own secret for the site, for servers that cannot be changed. @see PROTOCOL §10 */
import ipaddr from 'ipaddr.js';
import type { Account } from '../../core/accounts/account.ts';
import type { Md5Hex } from '../../core/auth/digest.ts';
import type { Sealer } from '../../core/ports.ts';
import type { NotVouched, Voucher } from './voucher.ts';

/** md5_hex of the secret that was set for the site, else of the password; `undefined` where neither is stored. */
export async function siteDigest(
  { sealer }: { readonly sealer: Sealer },
  { username, upstreamKey, password }: Account,
): Promise<Md5Hex | undefined> {
  if (upstreamKey !== undefined) return sealer.open(upstreamKey, username, 'upstream-key');
  return password?.accepts === 'anyForm' ? sealer.open(password.sealed, username, 'password') : undefined;
}

/** The account has nothing to show to the site. */
export function withoutSecret({ username }: Account): NotVouched {
  return {
    kind: 'impossible',
    reason: `${username} has no secret for it; set one: npx ljgate accounts set-upstream-key ${username}`,
  };
}

/** Vouches by `hpassword`: one request, but the digest is as good as the password. */
export function hpasswordVoucher(ports: { readonly sealer: Sealer }): Voucher {
  return {
    async vouch({ account }) {
      const digest = await siteDigest(ports, account);
      if (digest === undefined) return withoutSecret(account);
      return {
        kind: 'vouched',
        credentials: [
          ['auth_method', 'clear'],
          ['hpassword', digest],
        ],
        headers: async () => ({}),
      };
    },
  };
}

/**
 * Whether nobody else reads what is sent there: by https, to this machine, or to a private address.
 * @see PROTOCOL §10
 */
export function isConfidential({ protocol, hostname }: URL): boolean {
  if (protocol === 'https:') return true;
  const host = hostname.replace(/^\[|\]$/g, '');
  // A name without a dot is of this machine, or of a private network, as in a compose file.
  if (!host.includes('.') && !host.includes(':')) return true;
  return (
    ipaddr.isValid(host) && ['loopback', 'private', 'uniqueLocal'].includes(ipaddr.process(host).range())
  );
}
