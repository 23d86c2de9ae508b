/** Login bans: listed by account and by address, and lifted. */
import type { Username } from '../../core/accounts/username.ts';
import {
  type BanRule,
  type BanRules,
  isBanned,
  isKeyOf,
  type RefusalKey,
  recentRefusals,
  refusalKeyParts,
} from '../../core/auth/bans.ts';
import { networkOf, unknownNetwork } from '../../core/auth/network.ts';
import type { RefusalTimes } from '../../core/ports.ts';
import { OperationRefused, type Operator } from './operator-context.ts';
import { iso } from './views.ts';

/** Refused log-ins under one rule, and whether they are a ban. */
export interface BanRow {
  /** `null`: every account, from that network. */
  readonly account: string | null;
  /** `*`: every network. */
  readonly network: string;
  /** Refusals in the rule's window. */
  readonly refusals: number;
  readonly banned: boolean;
  readonly last: string;
}

/** Whose bans: an account's, those from an address, or those of the account from the address. */
export interface BanSelection {
  readonly username?: Username | undefined;
  readonly address?: string | undefined;
}

/** Every refused log-in that is counted for an account or from an address; bans first. @throws {OperationRefused} */
export async function listBans(
  operator: Operator & { readonly bans: BanRules },
  selection: BanSelection,
): Promise<readonly BanRow[]> {
  const now = operator.clock.now();
  const rows = [...(await refusals(operator, selection))].flatMap(([key, times]) => {
    const { account, network } = refusalKeyParts(key);
    const rule = ruleOf(operator.bans, account, network);
    if (rule === 'off' || times.length === 0) return [];
    const banned = isBanned(times, rule, now);
    const recent = recentRefusals(times, rule, now);
    if (!banned && recent === 0) return [];
    const last = iso(Math.floor(Math.max(...times) / 1000));
    return [{ account: account ?? null, network, refusals: recent, banned, last }];
  });
  return rows.toSorted((a, b) => Number(b.banned) - Number(a.banned) || b.last.localeCompare(a.last));
}

/** What was lifted. */
export interface BansLifted {
  readonly username: string | null;
  readonly address: string | null;
  /** Bans, and counts of refusals that were no ban yet. */
  readonly lifted: number;
}

/** Forgets the refusals of a selection, which ends their bans at once, everywhere. @throws {OperationRefused} */
export async function liftBans(operator: Operator, selection: BanSelection): Promise<BansLifted> {
  const keys = [...(await refusals(operator, selection)).keys()];
  await operator.store.admin.refusals.remove(keys);
  const { username = null, address = null } = selection;
  return { username, address, lifted: keys.length };
}

/** The rule that a key counts for. */
function ruleOf(bans: BanRules, account: string | undefined, network: string): BanRule | 'off' {
  if (account === undefined) return bans.sweep;
  return network === '*' ? (bans.account ?? 'off') : bans.pair;
}

async function refusals(
  { store }: Pick<Operator, 'store'>,
  { username, address }: BanSelection,
): Promise<RefusalTimes> {
  if (username === undefined && address === undefined) {
    throw new OperationRefused('name an account, an address, or both', { kind: 'invalid' });
  }
  const network = address === undefined ? undefined : networkOf(address);
  if (network === unknownNetwork && address !== unknownNetwork) {
    throw new OperationRefused(`${JSON.stringify(address)} is no IP address`, { kind: 'invalid' });
  }
  if (username === undefined) return network ? store.admin.refusals.find({ network }) : new Map();
  const found = await store.admin.refusals.find({ account: username });
  if (network === undefined) return found;
  return new Map([...found].filter(([key]: readonly [RefusalKey, unknown]) => isKeyOf(key, { network })));
}
