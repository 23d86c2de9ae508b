/**
 * What may be true, as far as the clients can know it. Each operation has a beginning and an end; what it changes
 * may be changed from the beginning on, and is changed from its acknowledgement on. Times are virtual Unix ms.
 */

/** A password, client key or session. */
export interface Secret {
  readonly account: string;
  readonly kind: 'password' | 'key' | 'session';
  readonly text: string;
  /** What made a session, and ends it. */
  readonly root?: Secret | undefined;
  /** When its making began. */
  readonly begun: number;
  /** When its making was acknowledged. */
  acknowledged?: number;
  /** When the first operation began that may end it. */
  mayEnd: number;
  /** When an operation that ends it was acknowledged. */
  ended: number;
  /** When the time of a session runs out, by the fastest clock and by the slowest. */
  readonly expiry?: { readonly mayEnd: number; readonly ended: number };
}

/** The invariants, each by its sentence. */
export const invariants = {
  once: 'a challenge lets in once',
  ended: 'nothing ended lets anybody in',
  lost: 'nothing acknowledged is lost',
  effect: 'nothing refused has an effect',
  bans: 'bans hold to their stated bound',
  elsewhere: 'nobody is banned for refusals from another address',
  strangers: 'strangers make nothing written but refusals',
  site: 'the site behind sees nothing unauthenticated',
  twice: 'the site behind sees nothing twice',
  broken: 'nothing goes wrong inside',
} as const;
export type Invariant = keyof typeof invariants;

/** An invariant that did not hold. */
export class Violation extends Error {
  override name = 'Violation';
  readonly invariant: Invariant;

  constructor(invariant: Invariant, what: string) {
    super(`${invariants[invariant]}: ${what}`);
    this.invariant = invariant;
  }
}

/** A secret whose making begins. */
export function secretOf(parts: Pick<Secret, 'account' | 'kind' | 'text' | 'begun' | 'root'>): Secret {
  return { ...parts, mayEnd: Number.POSITIVE_INFINITY, ended: Number.POSITIVE_INFINITY };
}

/** The moments at which a secret certainly began to be of no use, and perhaps did. */
function endsOf(secret: Secret): { readonly mayEnd: number; readonly ended: number } {
  const root = secret.root?.kind === 'key' ? endsOf(secret.root) : { mayEnd: Infinity, ended: Infinity };
  return { mayEnd: Math.min(secret.mayEnd, root.mayEnd), ended: Math.min(secret.ended, root.ended) };
}

/** What is known of an account's status. */
export interface StatusKnown {
  /** How often it was changed. */
  number: number;
  /** The operations that changed it. */
  readonly operations: { over(): number }[];
  value: 'active' | 'suspended' | 'unknown';
  since: number;
}

/** How a call came out. */
export interface Answered {
  readonly begun: number;
  readonly now: number;
  /** 0: let in. */
  readonly code: number;
}

/** Checks the answer to a call with a secret that may be right. `undefined`: a guess. */
export function checkSecret(
  secret: Secret | undefined,
  { begun, now, code }: Answered,
  status: StatusKnown | undefined,
) {
  if (code === 0 && !secret) throw new Violation('ended', 'a guess was let in');
  if (!secret) return;
  const { mayEnd, ended } = endsOf(secret);
  const name = `the ${secret.kind} ${secret.text} of ${secret.account}`;
  if (code === 0 && ended < begun)
    throw new Violation('ended', `${name} ended at ${ended}, let in at ${now}`);
  if (code === 0 && status?.value === 'suspended' && status.since < begun) {
    throw new Violation('ended', `${secret.account} is suspended, and ${name} was let in at ${now}`);
  }
  const certain = secret.acknowledged !== undefined && secret.acknowledged < begun && mayEnd > now;
  if (certain && code === 101) throw new Violation('lost', `${name} was refused at ${now}`);
  if (code === 305 && status?.value === 'active' && status.since < begun) {
    throw new Violation('effect', `${secret.account} is active, and was refused as suspended at ${now}`);
  }
}

/** The calls from one address for one account that were not let in. */
export interface Attempts {
  /** Beginnings of all. */
  readonly refused: number[];
  /** Refusals that are counted for certain: those of guesses, answered with 101. */
  readonly counted: { readonly begun: number; readonly now: number }[];
}

/** The default rule: five within five minutes ban for five minutes. */
const [limit, span] = [5, 300_000];

/** Checks a call's answer against the bans that may and must hold. `skew`: by which two clocks differ at most. */
export function checkBan({ refused, counted }: Attempts, { begun, now, code }: Answered, skew: number): void {
  if (code === 402 && refused.length < limit) {
    throw new Violation('elsewhere', `banned at ${now} after ${refused.length} refusals`);
  }
  if (code !== 0 && code !== 101) return;
  const before = counted.filter((each) => each.now < begun);
  for (let i = 0; i + limit <= before.length; i++) {
    const five = before.slice(i, i + limit);
    const first = Math.min(...five.map((each) => each.begun));
    const last = Math.max(...five.map((each) => each.now));
    const latest = Math.max(...five.map((each) => each.begun));
    if (last - first < span - skew && now - latest < span - skew) {
      throw new Violation(
        'bans',
        `answered ${code} at ${now} after five counted refusals, the last at ${last}`,
      );
    }
  }
}
