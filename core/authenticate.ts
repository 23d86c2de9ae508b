/** Who is asking: the order of checks that every method but getchallenge goes through. */
import type { Account } from './account.ts';
import { networkOf } from './address.ts';
import { type BanWatch, banWatches, recentRefusals, refusalMemory } from './bans.ts';
import type { AccountCall } from './call.ts';
import { readChallenge } from './challenge.ts';
import { type Credentials, readCredentials } from './credentials.ts';
import type { GuessGate, Seat } from './guesses.ts';
import type { Ports, Records, Spending } from './ports.ts';
import { accept, type Outcome, refuse } from './refusal.ts';
import type { Settings } from './settings.ts';
import {
  type SecretUsed,
  type Verdict,
  verifyClaims,
  verifyDigest,
  verifyResponse,
  wrong,
} from './verify.ts';

/** Seconds for which a spent challenge is remembered past its time, against clocks that differ. */
const spentMargin = 24 * 3600;

/** Milliseconds for which refusals are kept past their time: a store sweeps by a clock of its own. */
const clockMargin = 3_600_000;

/** A caller who was let in. */
export interface Admission {
  readonly account: Account;
  /** Resolves when the challenge is spent for good: nothing is to be answered before. */
  readonly safe: Promise<unknown> | undefined;
}

/**
 * Steps 2 to 5 of the order of checks: account, ban, credentials, what the status allows.
 * @throws {StoreUnavailable | StoreFailed | HasherBusy}
 * @see PROTOCOL §3
 */
export async function authenticate(
  ports: Ports,
  settings: Settings,
  gate: GuessGate,
  call: AccountCall,
): Promise<Outcome<Admission>> {
  const credentials = readCredentials(call.args, call.context);
  const watches = banWatches(settings.bans, call.username, networkOf(call.context.address));
  const visit = gate.approach(watches);
  try {
    const evidence = await gather(ports, call, credentials, watches);
    const { account } = evidence.records;
    if (!account || account.status === 'expunged') return refuse(100);
    if (account.status === 'memorial') return refuse(309);

    const seat = await visit.enter(evidence.records.refusals);
    if (seat === 'banned') return refuse(402);
    const verdict = await verify(ports, call, account, credentials, evidence);
    if (verdict.kind === 'refused') {
      const late = verdict.counts && (await countRefusal(ports, watches, seat));
      return refuse(late ? 402 : verdict.code);
    }
    await noteUse(ports, account, verdict.used);
    return admit({ account, safe: evidence.challenge.safe }, call);
  } finally {
    visit.leave();
  }
}

/** What the status allows to a caller whose credentials hold. */
function admit(admission: Admission, { method }: AccountCall): Outcome<Admission> {
  const { status } = admission.account;
  if (method !== 'sessionexpire') {
    if (status === 'locked') return refuse(308);
    if (status === 'suspended') return refuse(305);
  }
  return accept(admission);
}

/** What is known before credentials are looked at. */
interface Evidence {
  readonly records: Records;
  readonly challenge: ShownChallenge;
}

/** What became of the challenge that a call came with, if it came with one. */
type ShownChallenge =
  | Spending
  | { readonly outcome: 'none' | 'expired' | 'forged'; readonly safe?: undefined };

/** All reads in one round trip; a fresh challenge is spent beside them, right or wrong. */
async function gather(
  ports: Ports,
  call: AccountCall,
  credentials: Credentials,
  watches: readonly BanWatch[],
): Promise<Evidence> {
  const claims = 'claims' in credentials ? credentials.claims : [];
  const own = claims.filter((claim) => claim.owner === call.username);
  const reading = ports.records.read({
    account: call.username,
    sessions: [...new Set(own.map((claim) => claim.id))],
    refusals: watches.map(({ key }) => key),
  });
  const [records, challenge] = await Promise.all([reading, spend(ports, credentials)]);
  return { records, challenge };
}

async function spend(ports: Ports, credentials: Credentials): Promise<ShownChallenge> {
  if (!('challenge' in credentials)) return { outcome: 'none' };
  const now = Math.floor(ports.clock.now() / 1000);
  const returned = readChallenge(ports.challengeKeys, credentials.challenge, now);
  if (returned.kind !== 'fresh') return { outcome: returned.kind };
  return ports.spent.spend(returned.nonce, returned.expires + spentMargin);
}

async function verify(
  ports: Ports,
  call: AccountCall,
  account: Account,
  credentials: Credentials,
  { records, challenge }: Evidence,
): Promise<Verdict> {
  if ('digest' in credentials) return verifyDigest(ports, account, credentials);
  if ('claims' in credentials) {
    const now = Math.floor(ports.clock.now() / 1000);
    return verifyClaims(credentials.claims, records, account, networkOf(call.context.address), now);
  }
  if (!('challenge' in credentials)) return { kind: 'refused', code: 101, counts: credentials.counts };
  switch (challenge.outcome) {
    case 'spent':
      if (!credentials.response) return wrong;
      return verifyResponse(ports, account, credentials.challenge, credentials.response);
    case 'expired':
      return { kind: 'refused', code: 105, counts: false };
    case 'again':
    case 'forged':
    case 'none':
      return wrong;
  }
}

/** Counts a refusal; true when others, in other processes, had filled the window before it. */
async function countRefusal(ports: Ports, watches: readonly BanWatch[], seat: Seat): Promise<boolean> {
  if (watches.length === 0) return false;
  const at = ports.clock.now();
  const entries = watches.map(({ key, rule }) => ({
    key,
    dropBefore: at - refusalMemory(rule),
    keepUntil: at + refusalMemory(rule) + clockMargin,
  }));
  const times = await ports.refused.count(entries, at).catch((cause: unknown) => {
    seat.fail(cause);
    throw cause;
  });
  seat.learn(times);
  return watches.some(({ key, rule }) => recentRefusals(times.get(key) ?? [], rule, at) > rule.refusals);
}

/** Seconds between two notes of a client key's use: the hour is precise enough to spot a thief. */
const useInterval = 3600;

async function noteUse(ports: Ports, account: Account, used: SecretUsed): Promise<void> {
  switch (used.kind) {
    case 'session':
      return;
    case 'password':
      if (used.replacement) {
        await ports.accounts.replaceVerifier(account.username, used.replacement.old, used.replacement.new);
      }
      return;
    case 'bcrypt':
      if (used.replacement) {
        await ports.accounts.replaceBcrypt(account.username, used.old, used.replacement);
      }
      return;
    case 'clientKey': {
      const now = Math.floor(ports.clock.now() / 1000);
      if (now - (used.key.lastUsed ?? 0) < useInterval) return;
      await ports.accounts.noteKeyUse(account.username, used.key.id, now);
      return;
    }
  }
}
