/** What the gateway is to reach: the least share of the floor, for an embedded store and new connections. */
import type { Work } from './conversations.ts';

/** The least conversations a second for each of the floor's requests a second. */
export const leastShare: Readonly<Partial<Record<Work, number>>> = {
  'flat getchallenge': 0.8,
  'flat challenge log-in': 0.35,
  'XML-RPC challenge log-in': 0.28,
  'whole session life': 0.15,
  'log-in by cookie': 0.7,
  'plain password, remembered': 0.6,
  // Of what argon2 alone does at the same parameters on the same cores.
  'plain password, never seen': 0.9,
};

/** Calls a second that ljgate relays, as a share of what nginx hands on; and the most milliseconds more a call. */
export const leastRelay = 0.6;
export const mostRelayMs = 1;

/** XML-RPC login calls that the adapter alone reads and answers, a second of a core; and more than sax reads. */
export const leastCodec = 30_000;

/** The most that a packaged function may take from start to first answer, as a multiple of hello's time. */
export const mostStart = 2.5;
