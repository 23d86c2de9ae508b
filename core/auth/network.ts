/** Callers' addresses: bans and address-bound sessions compare networks, not spellings. */
import ipaddr from 'ipaddr.js';
import type { Brand } from '../protocol/brand.ts';

/** An IPv4 address, or the /64 of an IPv6 address: callers are distinguished by it. */
export type Network = Brand<string, 'Network'>;

/** Callers whose platform gave no address: their refusals are counted together. */
export const unknownNetwork = 'unknown' as Network;

/** An IPv4 address in its usual spelling, which is its network's name, too. */
const plainIpv4 = /^(?:(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)(?:\.(?!$)|$)){4}$/;

/**
 * The network of a caller's address. IPv6 hosts change the lower half at will (RFC 8981), so only
 * the /64 counts; an IPv4 address seen through an IPv6 socket is the IPv4 address.
 */
export function networkOf(address: string | undefined): Network {
  if (address === undefined) return unknownNetwork;
  if (plainIpv4.test(address)) return address as Network;
  if (!ipaddr.isValid(address)) return unknownNetwork;
  const parsed = ipv4In(ipaddr.process(address));
  if (parsed.kind() === 'ipv4') return parsed.toString() as Network;
  const prefix = (parsed as ipaddr.IPv6).parts.slice(0, 4);
  return `${prefix.map((part) => part.toString(16)).join(':')}::/64` as Network;
}

/** A caller behind a NAT64 has its IPv4 address in the last 32 bits of an IPv6 address (RFC 6052 §2.1). */
function ipv4In(address: ipaddr.IPv4 | ipaddr.IPv6): ipaddr.IPv4 | ipaddr.IPv6 {
  if (address.kind() === 'ipv4' || !address.match(ipaddr.parseCIDR('64:ff9b::/96'))) return address;
  return new ipaddr.IPv4(address.toByteArray().slice(-4));
}

/** Reads a network's name as `networkOf` gives it; `undefined` for anything else. */
export function parseNetwork(text: string): Network | undefined {
  if (text === unknownNetwork) return unknownNetwork;
  const address = text.endsWith('/64') ? text.slice(0, -'/64'.length) : text;
  const network = networkOf(address);
  return network === text ? network : undefined;
}
