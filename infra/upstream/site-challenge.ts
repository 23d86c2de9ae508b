/** Vouches by answering a challenge of the site's: what an unmodified Dreamwidth takes best. @see PROTOCOL §10 */
import { md5Hex } from '../../core/auth/digest.ts';
import type { Sealer } from '../../core/ports.ts';
import { siteDigest, withoutSecret } from './account-secret.ts';
import type { ByteBudget } from './byte-budget.ts';
import { BadReply, readReply } from './site-reply.ts';
import type { Transport } from './transport.ts';
import type { Voucher } from './voucher.ts';

/** Challenges that are fetched ahead at the most, and the milliseconds within which each is used: they are valid for 60 s. */
const mostAhead = 8;
const freshFor = 30_000;

/** Milliseconds for a challenge that is fetched ahead. */
const aheadTimeout = 10_000;

/** What answering challenges needs. */
export interface ChallengeOptions {
  readonly sealer: Sealer;
  /** Whether the process runs between requests, and so can fetch challenges ahead. */
  readonly runsBetweenRequests: boolean;
  /** Asks the site for a challenge. @throws {BadReply} */
  readonly ask: (signal: AbortSignal) => Promise<string>;
}

interface Fetched {
  readonly challenge: string;
  readonly at: number;
}

/** Vouches by challenge. Each challenge is used for one call. */
export function challengeVoucher({ sealer, runsBetweenRequests, ask }: ChallengeOptions): Voucher {
  const ready: Fetched[] = [];
  let fetching = 0;
  /** As many are fetched ahead as were wanted at once of late: none before the first call. */
  let wanted = 0;

  function take(): string | undefined {
    for (let next = ready.shift(); next; next = ready.shift()) {
      if (performance.now() - next.at < freshFor) return next.challenge;
      // Nobody needed it: so many are not needed any more.
      wanted = Math.max(1, wanted - 1);
    }
    return undefined;
  }

  function fetchAhead(): void {
    if (!runsBetweenRequests) return;
    while (ready.length + fetching < wanted) {
      fetching++;
      ask(AbortSignal.timeout(aheadTimeout))
        .then((challenge) => ready.push({ challenge, at: performance.now() }))
        // The call that needs one asks for it again, and fails with the reason.
        .catch(() => {})
        .finally(() => fetching--);
    }
  }

  return {
    async vouch({ account }, signal) {
      const digest = await siteDigest({ sealer }, account);
      if (digest === undefined) return withoutSecret(account);
      const ahead = take();
      if (ahead === undefined) wanted = Math.min(mostAhead, wanted + 1);
      const challenge = ahead ?? (await ask(signal));
      fetchAhead();
      return {
        kind: 'vouched',
        credentials: [
          ['auth_method', 'challenge'],
          ['auth_challenge', challenge],
          ['auth_response', md5Hex(challenge + digest)],
        ],
        headers: async () => ({}),
      };
    },
  };
}

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** A challenge, and the site's clock (Unix seconds). */
export interface SiteChallenge {
  readonly challenge: string;
  readonly serverTime: number;
}

/**
 * Asks a site for a challenge, in the flat form.
 * @throws {BadReply}
 */
export async function askChallenge(
  transport: Transport,
  url: URL,
  budget: ByteBudget,
  signal: AbortSignal,
): Promise<SiteChallenge> {
  const body = encoder.encode('mode=getchallenge');
  const headers = {
    'Content-Type': 'application/x-www-form-urlencoded',
    'Content-Length': String(body.length),
    'Accept-Encoding': 'identity',
  };
  const sent = transport({ url, headers, body, signal }).catch((cause) => {
    throw new BadReply('it cannot be reached', undefined, { cause });
  });
  const reply = await readReply(await sent, { wire: 'flat', largestReply: 4096 }, budget, signal);
  reply.reservation.release();
  const lines = decoder.decode(reply.body).split('\n');
  const value = (key: string) => lines[lines.findIndex((line, i) => i % 2 === 0 && line === key) + 1];
  const challenge = value('challenge');
  if (value('success') !== 'OK' || !challenge) throw new BadReply('it gave no challenge', 200);
  return { challenge, serverTime: Number(value('server_time')) };
}
