/**
 * Parsers of settings, the same for a flag and for a variable. Each throws an `Error` whose message says what
 * it wants; the caller puts the flag or the variable before it.
 */
import type { BanRule } from '../core/auth/bans.ts';
import type { RateRule } from '../core/auth/rate-counter.ts';

/** `5/300` (refusals/seconds) or `off`. */
export function parseBan(text: string): BanRule | 'off' {
  if (text === 'off') return 'off';
  const [, refusals, seconds] = /^(\d{1,6})\/(\d{1,6})$/.exec(text) ?? [];
  const rule = { refusals: Number(refusals), seconds: Number(seconds) };
  if (rule.refusals >= 1 && rule.seconds >= 1) return rule;
  throw new Error('wants REFUSALS/SECONDS, for example 5/300, or "off"');
}

/** `60/300` (sessions/seconds) or `off`. */
export function parseRate(text: string): RateRule | 'off' {
  if (text === 'off') return 'off';
  const [, count, seconds] = /^(\d{1,4})\/(\d{1,6})$/.exec(text) ?? [];
  const rule = { count: Number(count), seconds: Number(seconds) };
  if (rule.count >= 1 && rule.seconds >= 1) return rule;
  throw new Error('wants SESSIONS/SECONDS, for example 60/300, or "off"');
}

/** A TCP port; 0 asks for any free one. */
export function parsePort(text: string): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN;
  if (port <= 65535) return port;
  throw new Error('wants a port from 0 to 65535');
}

/** A number of connections. */
export function parseConnections(text: string): number {
  const count = /^\d{1,6}$/.test(text) ? Number(text) : 0;
  if (count >= 1) return count;
  throw new Error('wants a number of connections');
}

/** Seconds. */
export function parseSeconds(text: string): number {
  const seconds = /^\d{1,4}$/.test(text) ? Number(text) : 0;
  if (seconds >= 1) return seconds;
  throw new Error('wants a number of seconds');
}

/** Minutes, or `off` for 0. */
export function parseMinutes(text: string): number {
  if (text === 'off') return 0;
  const minutes = /^\d{1,4}$/.test(text) ? Number(text) : 0;
  if (minutes >= 1) return minutes;
  throw new Error('wants a number of minutes, or "off"');
}

/** Where a site is: its protocol's paths come below it. */
export function parseSiteUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const plain = url && url.search === '' && url.hash === '' && url.username === '' && url.password === '';
  if (plain && /^https?:$/.test(url.protocol)) return url;
  throw new Error('wants a URL like https://old.example.com, without a user, "?" or "#"');
}

/** One of some words. */
export function parseChoice<const Choice extends string>(
  choices: readonly Choice[],
): (text: string) => Choice {
  return (text) => {
    const found = choices.find((choice) => choice === text);
    if (found !== undefined) return found;
    throw new Error(`wants one of ${choices.join(', ')}`);
  };
}

/** `text`, `json` or `off`. */
export function parseLogFormat(text: string): 'text' | 'json' | 'off' {
  if (text === 'text' || text === 'json' || text === 'off') return text;
  throw new Error('wants "text", "json" or "off"');
}

/** The values of a boolean variable; a flag needs none. */
export function parseSwitch(text: string): boolean {
  if (['1', 'true', 'yes', 'on'].includes(text)) return true;
  if (['', '0', 'false', 'no', 'off'].includes(text)) return false;
  throw new Error('wants "on" or "off"');
}

/** Any text. */
export function verbatim(text: string): string {
  return text;
}
