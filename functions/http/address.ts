/** The caller's address: from the platform, never from a header that a client can set. */
import ipaddr from 'ipaddr.js';
import { sameText } from '../../core/digest.ts';

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

/**
 * Whether a browser's end of the connection is encrypted: what the trusted proxy says of its own
 * other side, and nobody else is asked.
 */
export function callerScheme(
  peer: Pick<Peer, 'address'> & { readonly forwardedProto: string | undefined },
  trustedProxy: string | undefined,
): 'http' | 'https' {
  const believed = trustedProxy !== undefined && sameAddress(peer.address, trustedProxy);
  return believed && peer.forwardedProto?.trim().toLowerCase() === 'https' ? 'https' : 'http';
}

/** What the headers of CloudFront say about one request, or what a client says in their name. */
export interface EdgePeer {
  /** The other end of the connection: CloudFront, or a client that went round it. */
  readonly address: string | undefined;
  /** `CloudFront-Viewer-Address`. */
  readonly viewer: string | undefined;
  /** `X-Origin-Proof`, which CloudFront sets and overwrites. */
  readonly proof: string | undefined;
}

/**
 * The address to hold a caller to behind CloudFront: the viewer's, if the request proves that it came
 * through our own distribution. `expected`: what the proof must be; absent, nothing is believed.
 */
export function edgeAddress(peer: EdgePeer, expected: string | undefined): string | undefined {
  if (expected === undefined || peer.proof === undefined || !sameText(peer.proof, expected)) {
    return peer.address;
  }
  return viewerAddress(peer.viewer ?? '') ?? peer.address;
}

/** CloudFront writes `ADDRESS:PORT`, IPv6 without brackets: what follows the last colon is the port. */
function viewerAddress(text: string): string | undefined {
  const address = text.slice(0, Math.max(0, text.lastIndexOf(':'))).replace(/^\[(.*)\]$/, '$1');
  return ipaddr.isValid(address) ? address : undefined;
}

/** A dual-stack socket shows an IPv4 peer as `::ffff:127.0.0.1`. */
function sameAddress(a: string | undefined, b: string): boolean {
  if (a === undefined || !ipaddr.isValid(a) || !ipaddr.isValid(b)) return false;
  return ipaddr.process(a).toString() === ipaddr.process(b).toString();
}
