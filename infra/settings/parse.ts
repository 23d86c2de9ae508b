/**
 * Reads settings as text, the same for a flag and for a variable. Each parser throws an `Error`
 * whose message says what it wants; the caller knows which flag or variable it was.
 */
import ipaddr from 'ipaddr.js';
import type { BanRule } from '../../core/bans.ts';

/** `5/300` (refusals/seconds) or `off`. */
export function parseBan(text: string): BanRule | 'off' {
  if (text === 'off') return 'off';
  const [, refusals, seconds] = /^(\d{1,6})\/(\d{1,6})$/.exec(text) ?? [];
  const rule = { refusals: Number(refusals), seconds: Number(seconds) };
  if (rule.refusals >= 1 && rule.seconds >= 1) return rule;
  throw new Error('wants REFUSALS/SECONDS, for example 5/300, or "off"');
}

/** A TCP port; 0 asks for any free one. */
export function parsePort(text: string): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN;
  if (port <= 65535) return port;
  throw new Error('wants a port from 0 to 65535');
}

/** A number of processes, or `auto`. */
export function parseWorkers(text: string): number | 'auto' {
  if (text === 'auto') return text;
  const count = /^\d{1,3}$/.test(text) ? Number(text) : 0;
  if (count >= 1) return count;
  throw new Error('wants a number of processes, or "auto" for one to each core');
}

/** Minutes, or `off` for 0. */
export function parseMinutes(text: string): number {
  if (text === 'off') return 0;
  const minutes = /^\d{1,4}$/.test(text) ? Number(text) : 0;
  if (minutes >= 1) return minutes;
  throw new Error('wants a number of minutes, or "off"');
}

/** An IP address. */
export function parseAddress(text: string): string {
  if (ipaddr.isValid(text)) return text;
  throw new Error('wants one IP address');
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
