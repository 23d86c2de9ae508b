/** Several gateways over one real store, each with a connection and a clock of its own, as processes are. */

import type { BanRules } from '../../core/auth/bans.ts';
import type { Ports } from '../../core/ports.ts';
import { defaultSettings } from '../../core/protocol/gateway-settings.ts';
import type { OpenStore } from '../../infra/stores/open-store.ts';
import { testClock, testRandom } from '../support/ports.ts';
import { openSite, type Site } from '../support/site.ts';

/** What gateways may have otherwise. */
export interface GatewayOptions {
  readonly bans?: BanRules;
  /** Milliseconds by which the clock of each is off. */
  readonly skews?: readonly number[];
  readonly overrides?: (n: number) => Partial<Ports>;
}

/** No bans: for calls that are refused on purpose. Nor is there a rate: these make hundreds of sessions. */
const noBans: BanRules = { pair: 'off', sweep: 'off' };

const start = Date.now();

/** Opens `count` of them, with the account `test`. */
export async function openGateways(
  count: number,
  open: (n: number) => Promise<OpenStore>,
  { bans = noBans, skews = [], overrides = () => ({}) }: GatewayOptions = {},
): Promise<[Site, ...Site[]]> {
  const gateway = async (n: number) => {
    const { records, accounts, sessions, spent, refused, secretIds } = await open(n);
    const store = { records, accounts, sessions, spent, refused, secretIds };
    const clock = testClock(start + (skews[n] ?? 0));
    const own = { clock, random: testRandom(`gateway ${n}`) };
    const site = await openSite(
      {},
      { ...defaultSettings, bans, sessionRate: 'off' },
      { ...store, ...own, ...overrides(n) },
    );
    return { ...site, clock };
  };
  const first = await gateway(0);
  const others = Array.from({ length: count - 1 }, (_, i) => gateway(i + 1));
  return [first, ...(await Promise.all(others))];
}

/** An address for each call, so that no two share a ban. */
export function addresses(): () => string {
  let calls = 0;
  return () => {
    calls++;
    return `10.${(calls >> 16) & 255}.${(calls >> 8) & 255}.${calls & 255}`;
  };
}
