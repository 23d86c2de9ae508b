/**
 * The caller's address and scheme: from the platform, or from headers that a trusted proxy set. An address that
 * cannot be read is `undefined`, never the proxy's address, which all callers share.
 */
import ipaddr from 'ipaddr.js';
import { sameText } from '../../core/auth/digest.ts';
import type { TrustedProxies } from '../../infra/parse-address.ts';

/** What the platform says about one request. */
export interface Peer {
  /** The other end of the connection. */
  readonly address: string | undefined;
  /** `X-Forwarded-For`. */
  readonly forwardedFor: string | undefined;
}

/**
 * The address under which a caller's refusals are counted. If the peer is a trusted proxy, it is the last entry
 * of `X-Forwarded-For` that is not a trusted proxy: each proxy appends its own peer, and the client may have sent
 * all entries before that.
 */
export function callerAddress(peer: Peer, trusted: TrustedProxies | undefined): string | undefined {
  const { address, forwardedFor } = peer;
  if (!trusted || address === undefined || !trusted.includes(address)) return address;
  // A request without the header comes from the proxy's own machine.
  if (forwardedFor === undefined || forwardedFor.trim() === '') return address;
  let first: string | undefined = address;
  // From the right, as far as needed: a client may have sent thousands of entries before its own.
  for (const entry of forwardedFor.split(',').reverse()) {
    first = readAddress(entry);
    if (first === undefined || !trusted.includes(first)) return first;
  }
  // All entries are trusted proxies: the first of them is the caller.
  return first;
}

/** The last entry of `X-Forwarded-For`. A load balancer appends it, and all requests come through it. */
export function lastForwarded(header: string | undefined): string | undefined {
  return readAddress(header?.split(',').at(-1) ?? '');
}

/**
 * The scheme of the browser's connection. Only a trusted proxy's `X-Forwarded-Proto` is read; without one the
 * scheme is http.
 */
export function callerScheme(
  peer: Pick<Peer, 'address'> & { readonly forwardedProto: string | undefined },
  trusted: TrustedProxies | undefined,
): 'http' | 'https' {
  const believed = peer.address !== undefined && trusted?.includes(peer.address);
  const forwarded = peer.forwardedProto
    ?.split(',')
    .at(-1)
    ?.trim()
    .replace(/^"(.*)"$/, '$1');
  return believed && forwarded?.toLowerCase() === 'https' ? 'https' : 'http';
}

/**
 * An address as proxies and load balancers write it: alone, with a port, in brackets, in quotes.
 * @see RFC 7239 §6
 */
function readAddress(text: string): string | undefined {
  const bare = text.trim().replace(/^"(.*)"$/, '$1');
  const [, bracketed, v4] = /^\[([^\]]*)\](?::\d+)?$|^([\d.]+)(?::\d+)?$/.exec(bare) ?? [];
  const address = bracketed ?? v4 ?? bare;
  const valid = address.includes(':')
    ? ipaddr.IPv6.isValid(address)
    : ipaddr.IPv4.isValidFourPartDecimal(address);
  return valid ? address : undefined;
}

/** The CloudFront headers of one request, which a client may have forged. */
export interface EdgePeer {
  /** The other end of the connection: CloudFront, or a client that connects directly. */
  readonly address: string | undefined;
  /** `CloudFront-Viewer-Address`. */
  readonly viewer: string | undefined;
  /** `X-Origin-Proof`, which CloudFront sets and overwrites. */
  readonly proof: string | undefined;
}

/**
 * The caller's address behind CloudFront: the viewer's, if the request proves that it came through our own
 * distribution. `expected`: the right proof; when absent, the headers are ignored.
 */
export function edgeAddress(peer: EdgePeer, expected: string | undefined): string | undefined {
  return isFromEdge(peer.proof, expected) ? viewerAddress(peer.viewer ?? '') : peer.address;
}

/** Whether a request proves that it came through our own distribution. */
export function isFromEdge(proof: string | undefined, expected: string | undefined): boolean {
  return expected !== undefined && proof !== undefined && sameText(proof, expected);
}

/** CloudFront writes `ADDRESS:PORT`, IPv6 without brackets: the port follows the last colon. */
function viewerAddress(text: string): string | undefined {
  return readAddress(text.slice(0, Math.max(0, text.lastIndexOf(':'))));
}
