/** getchallenge: needs no account and asks no store. */
import { type Challenge, mintChallenge } from '../challenge.ts';
import type { Ports } from '../ports.ts';
import type { Settings } from '../settings.ts';

/** Mints a challenge. @see PROTOCOL §4 */
export function getchallenge(ports: Ports, settings: Settings): Challenge {
  const now = Math.floor(ports.clock.now() / 1000);
  return mintChallenge(ports.challengeKeys, ports.random, now, settings.challengeLifetime);
}
