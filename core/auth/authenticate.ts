/** Authentication: the order of checks for every method that acts for an account. */
import type { Account } from '../accounts/account.ts';
import type { Username } from '../accounts/username.ts';
import { SecretMissing } from '../failures.ts';
import type { Ports, Records } from '../ports.ts';
import type { Context } from '../protocol/context.ts';
import type { Settings } from '../protocol/gateway-settings.ts';
import { accept, type Outcome, refuse } from '../protocol/refusal.ts';
import type { Arguments } from '../protocol/values.ts';
import type { Session } from '../sessions/session.ts';
import type { SessionId } from '../sessions/session-string.ts';
import type { AttemptLimiter, Permit } from './attempt-limiter.ts';
import { type BanWatch, banWatches, recentRefusals, refusalMemory } from './bans.ts';
import { missingSecretOf, readChallenge } from './challenge.ts';
import { type Credentials, readCredentials } from './credentials.ts';
import { networkOf } from './network.ts';
import { noteUse } from './note-use.ts';
import type { RateCounter } from './rate-counter.ts';
import {
  type SecretUsed,
  type Verdict,
  verifyClaims,
  verifyDigest,
  verifyResponse,
  wrong,
} from './verification.ts';

/** Seconds for which a spent challenge is stored after it expires, because clocks differ. */
const spentMargin = 24 * 3600;

/** Milliseconds for which refusals are stored after they matter: a store sweeps by its own clock. */
const clockMargin = 3_600_000;

/** Who calls, with which credentials, and what for. */
export interface AdmissionRequest {
  readonly username: Username;
  readonly args: Arguments;
  readonly context: Context;
  /** Whether locked and suspended accounts are let in. @see PROTOCOL §3 */
  readonly whenLocked: 'allowed' | 'refused';
  /** Whether the call counts towards `Settings.sessionRate`, and is refused past it. */
  readonly makesSession: boolean;
  /** The sessions that the call is about: they are read together with the account. `now`: Unix seconds. */
  sessions(now: number): readonly SessionId[];
}

/** An authenticated caller. */
export interface Admission {
  readonly account: Account;
  readonly used: SecretUsed;
  /** Those of the sessions that the call is about which have not ended. */
  readonly sessions: ReadonlyMap<SessionId, Session>;
}

/** What one process has counted of its calls. */
export interface Limiters {
  readonly attempts: AttemptLimiter;
  readonly sessions: RateCounter<Username>;
}

/**
 * Steps 2 to 6 of the order of checks: account, ban, credentials, rate of sessions, what the status allows.
 * @throws {StoreUnavailable | StoreFailed | SecretMissing | HasherBusy}
 * @see PROTOCOL §3
 */
export async function authenticate(
  ports: Ports,
  settings: Settings,
  limiters: Limiters,
  call: AdmissionRequest,
): Promise<Outcome<Admission>> {
  const credentials = readCredentials(call.args, call.context, call.username);
  const watches = banWatches(settings.bans, call.username, networkOf(call.context.address));
  const attempt = limiters.attempts.begin(watches);
  try {
    const records = await readRecords(ports, call, credentials, watches);
    const { account } = records;
    if (!account || account.status === 'expunged') return refuse(100);
    if (account.status === 'memorial') return refuse(309);

    const permit = await attempt.acquire(records.refusals);
    if (permit === 'banned') return refuse(402);
    const verdict = await verify(ports, call, account, credentials, records);
    if (verdict.kind === 'refused') {
      const late = verdict.counts && (await countRefusal(ports, watches, permit));
      return refuse(late ? 402 : verdict.code);
    }
    await noteUse(ports, account, verdict.used);
    if (call.makesSession && !limiters.sessions.allows(account.username)) {
      return refuse(406);
    }
    return admit({ account, used: verdict.used, sessions: records.sessions }, call);
  } finally {
    attempt.end();
  }
}

/** Refuses what the account's status forbids to a caller with the right credentials. */
function admit(admission: Admission, { whenLocked }: AdmissionRequest): Outcome<Admission> {
  const { status } = admission.account;
  if (whenLocked === 'refused') {
    if (status === 'locked') return refuse(308);
    if (status === 'suspended') return refuse(305);
  }
  return accept(admission);
}

/** Reads everything that a call needs, in one round trip. */
function readRecords(
  ports: Ports,
  call: AdmissionRequest,
  credentials: Credentials,
  watches: readonly BanWatch[],
): Promise<Records> {
  const claims = 'claims' in credentials ? credentials.claims : [];
  const claimed = claims.filter((claim) => claim.owner === call.username).map(({ id }) => id);
  const now = Math.floor(ports.clock.now() / 1000);
  const wanted = call.sessions(now);
  return ports.records.read({
    account: call.username,
    sessions: [...new Set([...claimed, ...wanted])],
    refusals: watches.map(({ key }) => key),
  });
}

async function verify(
  ports: Ports,
  call: AdmissionRequest,
  account: Account,
  credentials: Credentials,
  records: Records,
): Promise<Verdict> {
  if ('digest' in credentials) return verifyDigest(ports, account, credentials);
  if ('claims' in credentials) {
    const now = Math.floor(ports.clock.now() / 1000);
    return verifyClaims(credentials.claims, records, account, networkOf(call.context.address), now);
  }
  if (!('challenge' in credentials)) return { kind: 'refused', code: 101, counts: credentials.counts };
  const { challenge, response } = credentials;
  switch (await spend(ports, challenge)) {
    case 'spent':
      return response ? verifyResponse(ports, account, challenge, response) : wrong;
    case 'expired':
      return { kind: 'refused', code: 105, counts: false };
    case 'again':
    case 'forged':
      return wrong;
  }
}

/**
 * Spends a challenge, whether its response is right or wrong. This comes after the checks of account and ban,
 * so that nothing is written for an unknown account or a banned caller.
 * @throws {SecretMissing} when another process may have sealed it, under a secret that this one lacks
 */
async function spend(
  { challengeKeys, spent, clock }: Ports,
  challenge: string,
): Promise<'spent' | 'again' | 'expired' | 'forged'> {
  const secret = await missingSecretOf(challengeKeys, challenge);
  if (secret !== undefined) throw new SecretMissing(secret);
  const returned = readChallenge(challengeKeys, challenge, Math.floor(clock.now() / 1000), spent.epoch);
  if (returned.kind !== 'fresh') return returned.kind;
  return spent.spend(returned.nonce, returned.expires + spentMargin);
}

/**
 * Counts a refusal, in this process alone when the store fails. True when refusals counted by other
 * processes had filled the window before this one.
 */
async function countRefusal(ports: Ports, watches: readonly BanWatch[], permit: Permit): Promise<boolean> {
  if (watches.length === 0) return false;
  const at = ports.clock.now();
  const entries = watches.map(({ key, rule }) => ({
    key,
    dropBefore: at - refusalMemory(rule),
    keepUntil: at + refusalMemory(rule) + clockMargin,
  }));
  const times = await ports.refused.count(entries, at).catch((cause: unknown) => {
    permit.uncounted(at);
    throw cause;
  });
  permit.counted(times);
  return watches.some(({ key, rule }) => recentRefusals(times.get(key) ?? [], rule, at) > rule.refusals);
}
