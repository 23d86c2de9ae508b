/** The caller's address: from the platform, never from a header that a client can set. */
import ipaddr from 'ipaddr.js';

/** What the platform says about one request. */
export interface Peer {
  /** The other end of the connection. */
  readonly address: string | undefined;
  readonly forwardedFor: string | undefined;
}

/**
 * The address to hold a caller to. `trustedProxy`, when set, is the one peer whose last
 * `X-Forwarded-For` entry is believed: that entry is the proxy's own, the earlier ones are whatever
 * the client sent.
 */
export function callerAddress(peer: Peer, trustedProxy: string | undefined): string | undefined {
  if (trustedProxy === undefined || !sameAddress(peer.address, trustedProxy)) return peer.address;
  const last = peer.forwardedFor?.split(',').at(-1)?.trim();
  return last !== undefined && ipaddr.isValid(last) ? last : peer.address;
}

/** A dual-stack socket shows an IPv4 peer as `::ffff:127.0.0.1`. */
function sameAddress(a: string | undefined, b: string): boolean {
  if (a === undefined || !ipaddr.isValid(a) || !ipaddr.isValid(b)) return false;
  return ipaddr.process(a).toString() === ipaddr.process(b).toString();
}
