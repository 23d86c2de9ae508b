/** IP addresses as settings: apart from the other parsers, for the library that only servers need. */
import ipaddr from 'ipaddr.js';

/** An IP address to listen on. `localhost` is IPv4's, which every client tries. */
export function parseHost(text: string): string {
  if (text === 'localhost') return '127.0.0.1';
  if (ipaddr.isValid(text)) return text;
  throw new Error('wants one IP address of this machine, or localhost; 0.0.0.0 is all of IPv4, :: is all');
}

/** The proxies whose word is taken for who is behind them. */
export interface TrustedProxies {
  /** `address`: in any spelling. */
  includes(address: string): boolean;
}

/** Addresses and networks in CIDR notation, with commas between. */
export function parseProxies(text: string): TrustedProxies {
  const ranges = text.split(',').map((part) => rangeOf(part.trim()));
  return {
    includes(address) {
      if (!ipaddr.isValid(address)) return false;
      const parsed = ipaddr.process(address);
      return ranges.some((range) => parsed.kind() === range[0].kind() && parsed.match(range));
    },
  };
}

function rangeOf(text: string): [ipaddr.IPv4 | ipaddr.IPv6, number] {
  if (ipaddr.isValidCIDR(text)) return ipaddr.parseCIDR(text);
  if (!ipaddr.isValid(text))
    throw new Error('wants IP addresses or networks (10.0.0.0/8), with commas between');
  const address = ipaddr.process(text);
  return [address, address.kind() === 'ipv4' ? 32 : 128];
}

/** A listener beside the server's own port. */
export type OwnListener =
  | { readonly kind: 'address'; readonly host: string; readonly port: number }
  | { readonly kind: 'socket'; readonly path: string };

/** Where the interface for sites listens. */
export type ApiListener = { readonly kind: 'off' | 'same' } | OwnListener;

/** Where the metrics are. */
export type MetricsListener = { readonly kind: 'off' } | OwnListener;

/** `127.0.0.1:8081`, `[::1]:8081`, `unix:/run/ljgate/api.sock`, `same` or `off`. */
export function parseApiListener(text: string): ApiListener {
  if (text === 'off' || text === 'same') return { kind: text };
  const listener = ownListenerIn(text);
  if (listener) return listener;
  throw new Error('wants ADDRESS:PORT, for example 127.0.0.1:8081, or unix:PATH, "same" or "off"');
}

/** `127.0.0.1:9464`, `[::1]:9464`, `unix:/run/ljgate/metrics.sock` or `off`. */
export function parseMetricsListener(text: string): MetricsListener {
  if (text === 'off') return { kind: text };
  const listener = ownListenerIn(text);
  if (listener) return listener;
  throw new Error('wants ADDRESS:PORT, for example 127.0.0.1:9464, or unix:PATH or "off"');
}

function ownListenerIn(text: string): OwnListener | undefined {
  if (text.startsWith('unix:') && text.length > 'unix:'.length) {
    return { kind: 'socket', path: text.slice('unix:'.length) };
  }
  const [, bracketed, plain, digits = ''] = /^(?:\[([^\]]+)\]|([^:]+)):(\d{1,5})$/.exec(text) ?? [];
  const [host = '', port] = [bracketed ?? plain, Number(digits)];
  const isAddress = ipaddr.isValid(host) && digits !== '' && port <= 65535;
  return isAddress ? { kind: 'address', host, port } : undefined;
}
