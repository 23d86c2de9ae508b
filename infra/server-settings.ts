/** Settings of the Node server's sockets and processes, part of the table in settings.ts. */
import { parseApiListener, parseHost, parseMetricsListener, parseProxies } from './parse-address.ts';
import { parseConnections, parsePort, parseSeconds } from './settings-parsers.ts';
import type { Setting } from './settings-schema.ts';

export const host = {
  flag: '--host <address>',
  variable: 'LJGATE_HOST',
  parse: parseHost,
  default: '127.0.0.1',
  help: 'address to listen on',
  readBy: { serve: 'default' },
} as const satisfies Setting;

export const port = {
  flag: '--port <number>',
  variable: 'LJGATE_PORT',
  parse: parsePort,
  default: '8080',
  help: 'port to listen on; 0 picks a free one',
  readBy: { serve: 'default' },
} as const satisfies Setting;

export const api = {
  flag: '--api <place>',
  variable: 'LJGATE_API',
  parse: parseApiListener,
  default: 'off',
  help: "where a site's own code asks: HOST:PORT, unix:PATH, same (this server's own port) or off",
  parameter: 'api',
  readBy: { serve: 'default', workerApi: 'default', functionApi: 'default' },
} as const satisfies Setting;

export const metrics = {
  flag: '--metrics <place>',
  variable: 'LJGATE_METRICS',
  parse: parseMetricsListener,
  default: 'off',
  help: 'where Prometheus reads /metrics: HOST:PORT, unix:PATH or off',
  readBy: { serve: 'default' },
} as const satisfies Setting;

export const trustProxy = {
  flag: '--trust-proxy <addresses>',
  variable: 'LJGATE_TRUST_PROXY',
  parse: parseProxies,
  unset: 'nobody',
  help: 'proxies whose X-Forwarded-For is believed: addresses and networks, with commas between',
  readBy: { serve: 'optional' },
} as const satisfies Setting;

export const maxConnections = {
  flag: '--max-connections <number>',
  variable: 'LJGATE_MAX_CONNECTIONS',
  parse: parseConnections,
  default: '4096',
  help: 'connections at once; one more is closed at once',
  readBy: { serve: 'default' },
} as const satisfies Setting;

export const writeTimeout = {
  flag: '--write-timeout <seconds>',
  variable: 'LJGATE_WRITE_TIMEOUT',
  parse: parseSeconds,
  default: '30',
  help: 'a client that takes nothing of its reply for so long is disconnected',
  readBy: { serve: 'default' },
} as const satisfies Setting;
