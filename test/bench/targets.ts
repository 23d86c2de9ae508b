/** What the gateway is to reach, with the options of `npm start`. The lower quartile of the rounds has to reach it. */
import { availableParallelism } from 'node:os';
import type { Work } from './conversations.ts';

/** The least conversations a second for each of the floor's requests a second, by kind of connection. */
export const leastShare: Readonly<Record<'new' | 'kept', Readonly<Partial<Record<Work, number>>>>> = {
  new: {
    'flat getchallenge': 0.84,
    'flat challenge log-in': 0.33,
    'XML-RPC challenge log-in': 0.3,
    'whole session life': 0.16,
    'log-in by cookie': 0.82,
    'plain password, remembered': 0.75,
    // Of what argon2 alone does at the same parameters on the same cores.
    'plain password, never seen': 0.92,
  },
  kept: {
    'flat challenge log-in': 0.3,
    'whole session life': 0.1,
    'log-in by cookie': 0.65,
  },
};

/** Calls a second that ljgate relays, as a share of what nginx hands on; and the most milliseconds more a call. */
export const leastRelay = 0.6;
export const mostRelayMs = 1;

/** XML-RPC login calls that the adapter alone reads and answers, a second of a core; and more than sax reads. */
export const leastCodec = 30_000;

/** The most that a packaged function may take from start to first answer, as a multiple of hello's time. */
export const mostStart = 2.2;

/** The most that a Worker may take to start, in ms: above that Cloudflare refuses to take it. */
export const mostWorkerStart = 1000;

/** The most that a server may hold, in mebibytes: each core has a thread that hashes, with its own heap. */
export const mostMemory = 448 + 32 * availableParallelism();

/** The most processor time of a call to DynamoDB beyond the bare SDK's, in ms. */
export const mostAboveSdk = 0.5;

/** The most that a busy server's p99 may be, as a multiple of an idle one's. */
export const mostDelay = 3;
