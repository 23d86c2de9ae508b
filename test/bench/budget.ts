/**
 * The budget: ratios as they usually are, each within one run. What became faster for good is noted here
 * (`npm run -s bench -- --only work --quick`, and `--only codecs`); what becomes slower fails `npm run check:budget`.
 */
import type { Work } from './conversations.ts';

/** The share of usual that has to be left: a cost that doubles leaves half. */
export const margin = 0.6;

/** The floor's processor time a request, as a share of the server's a conversation, over new connections. */
export const usualWork: Readonly<Partial<Record<Work, number>>> = {
  'flat getchallenge': 0.8,
  'flat challenge log-in': 0.2,
  'log-in by cookie': 0.65,
};

/** Speed of the XML-RPC adapter, as a share of sax reading the same document. */
export const usualCodecs: Readonly<Record<string, number>> = {
  'login call read and answered': 1,
  'full login result asked for and written': 4,
};
