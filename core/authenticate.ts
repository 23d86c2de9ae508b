/** Who is asking: the order of checks that every method but getchallenge goes through. */
import type { Account } from './account.ts';
import { networkOf } from './address.ts';
import { type BanWatch, banWatches, isBanned, refusalMemory } from './bans.ts';
import type { AccountCall } from './call.ts';
import { readChallenge } from './challenge.ts';
import { type Credentials, readCredentials } from './credentials.ts';
import type { Ports, Records } from './ports.ts';
import { accept, type Outcome, refuse } from './refusal.ts';
import type { Settings } from './settings.ts';
import { type SecretUsed, type Verdict, verifyClaims, verifyDigest, verifyResponse } from './verify.ts';

/** Seconds for which a spent challenge is remembered past its time, against clocks that differ. */
const spentMargin = 24 * 3600;

/** A caller who was let in. */
export interface Caller {
  readonly account: Account;
  readonly credentials: Credentials;
}

/**
 * Steps 2 to 5 of the order of checks: account, ban, credentials, what the status allows.
 * @throws {StoreUnavailable | StoreFailed | HasherBusy}
 * @see PROTOCOL §3
 */
export async function authenticate(
  ports: Ports,
  settings: Settings,
  call: AccountCall,
): Promise<Outcome<Caller>> {
  const credentials = readCredentials(call.args, call.context);
  const watches = banWatches(settings.bans, call.username, networkOf(call.context.address));
  const evidence = await gather(ports, call, credentials, watches);

  const { account } = evidence.records;
  if (!account || account.status === 'expunged') return refuse(100);
  if (account.status === 'memorial') return refuse(309);

  const now = ports.clock.now();
  const banned = ({ key, rule }: BanWatch) => isBanned(evidence.records.refusals.get(key) ?? [], rule, now);
  if (watches.some(banned)) return refuse(402);

  const verdict = await verify(ports, call, account, credentials, evidence);
  if (verdict.kind === 'refused') {
    if (verdict.counts) await countRefusal(ports, watches);
    return refuse(verdict.code);
  }
  await noteUse(ports, account, verdict.used);

  if (call.method !== 'sessionexpire') {
    if (account.status === 'locked') return refuse(308);
    if (account.status === 'suspended') return refuse(305);
  }
  return accept({ account, credentials });
}

/** What is known before credentials are looked at. */
interface Evidence {
  readonly records: Records;
  /** What became of the challenge that the call came with, if it came with one. */
  readonly challenge: 'none' | 'spent' | 'again' | 'expired' | 'forged';
}

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

async function spend(ports: Ports, credentials: Credentials): Promise<Evidence['challenge']> {
  if (!('challenge' in credentials)) return 'none';
  const now = Math.floor(ports.clock.now() / 1000);
  const returned = readChallenge(ports.challengeKeys, credentials.challenge, now);
  if (returned.kind !== 'fresh') return returned.kind;
  return ports.spent.spend(returned.nonce, returned.expires + spentMargin);
}

const wrong: Verdict = { kind: 'refused', code: 101, counts: true };

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
  switch (challenge) {
    case 'spent':
      return verifyResponse(ports, account, credentials.challenge, credentials.response);
    case 'expired':
      return { kind: 'refused', code: 105, counts: false };
    case 'again':
    case 'forged':
    case 'none':
      return wrong;
  }
}

async function countRefusal(ports: Ports, watches: readonly BanWatch[]): Promise<void> {
  const at = ports.clock.now();
  const entries = watches.map(({ key, rule }) => ({
    key,
    dropBefore: at - refusalMemory(rule),
    keepUntil: at + refusalMemory(rule),
  }));
  if (entries.length > 0) await ports.refused.count(entries, at);
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
    case 'clientKey': {
      const now = Math.floor(ports.clock.now() / 1000);
      if (now - (used.key.lastUsed ?? 0) < useInterval) return;
      await ports.accounts.noteKeyUse(account.username, used.key.id, now);
      return;
    }
  }
}
