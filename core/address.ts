/** Callers' addresses: bans and address-bound sessions compare networks, not spellings. */
import ipaddr from 'ipaddr.js';
import type { Brand } from './brand.ts';

/** An IPv4 address, or the /64 of an IPv6 address: what one caller can be told apart by. */
export type Network = Brand<string, 'Network'>;

/** Callers whose platform gave no address share one place in the ban book. */
export const unknownNetwork = 'unknown' as Network;

/** An IPv4 address that is written as everybody writes it, and so is its network's name already. */
const plainIpv4 = /^(?:(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)(?:\.(?!$)|$)){4}$/;

/**
 * The network of a caller's address. IPv6 hosts change the lower half at will (RFC 8981), so only
 * the /64 counts; an IPv4 address seen through an IPv6 socket is the IPv4 address.
 */
export function networkOf(address: string | undefined): Network {
  if (address === undefined) return unknownNetwork;
  if (plainIpv4.test(address)) return address as Network;
  if (!ipaddr.isValid(address)) return unknownNetwork;
  const parsed = ipaddr.process(address);
  if (parsed.kind() === 'ipv4') return parsed.toString() as Network;
  const prefix = (parsed as ipaddr.IPv6).parts.slice(0, 4);
  return `${prefix.map((part) => part.toString(16)).join(':')}::/64` as Network;
}
