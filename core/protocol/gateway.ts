/** The way into the core: a call goes in, a result or a refusal comes out. */

import type { Username } from '../accounts/username.ts';
import { createAttemptLimiter } from '../auth/attempt-limiter.ts';
import { type Admission, authenticate, type Limiters } from '../auth/authenticate.ts';
import { createRateCounter } from '../auth/rate-counter.ts';
import type { SecretUsed } from '../auth/verification.ts';
import { HasherBusy, SecretMissing, StoreFailed, StoreUnavailable } from '../failures.ts';
import type { Ports } from '../ports.ts';
import { type Call, type Claim, checkArguments } from './call.ts';
import type { Settings } from './gateway-settings.ts';
import type { Invocation } from './methods/definition.ts';
import { accountMethods, type Result, runFor, runOpen } from './methods/table.ts';
import { accept, type Outcome, type Refusal } from './refusal.ts';
import type { SiteLogins } from './site-login.ts';

/** A call's outcome. `cause` is what went wrong inside, `used` what let the caller in: for the log alone. */
export type Answer = Outcome<Result> & { readonly cause?: unknown; readonly used?: SecretUsed['kind'] };

/** Who somebody is; `cause` is what went wrong inside, for the log alone. */
export type Admitted = Outcome<Admission> & { readonly cause?: unknown };

/** The protocol over its ports. */
export interface Gateway {
  /** Answers a call. Does not throw: what goes wrong inside becomes refusal 500, 501, 502 or 507. */
  answer(call: Call): Promise<Answer>;
  /** Authenticates somebody as `login` would. Does not throw, like `answer`. @see PROTOCOL §10 */
  admit(claim: Claim): Promise<Admitted>;
}

/** Builds the gateway from its ports and settings. */
export function createGateway(ports: Ports, settings: Settings, siteLogins?: SiteLogins): Gateway {
  const limiters = {
    attempts: createAttemptLimiter(ports.clock),
    sessions: createRateCounter<Username>(ports.clock, settings.sessionRate),
  };
  return {
    answer: (call) => refusing(() => answer({ ports, settings, siteLogins }, limiters, call)),
    admit: (claim) =>
      refusing(() =>
        authenticate(ports, settings, limiters, {
          ...claim,
          whenLocked: accountMethods.login.whenLocked,
          makesSession: false,
          sessions: () => [],
        }),
      ),
  };
}

interface Failed {
  readonly ok: false;
  readonly refusal: Refusal;
  readonly cause: unknown;
}

/** Makes a refusal of an error inside. */
async function refusing<T extends object>(work: () => Promise<T>): Promise<T | Failed> {
  try {
    return await work();
  } catch (cause) {
    return { ok: false, refusal: refusalOf(cause), cause };
  }
}

async function answer(
  parts: Pick<Invocation, 'ports' | 'settings' | 'siteLogins'>,
  limiters: Limiters,
  call: Call,
): Promise<Answer> {
  const checked = checkArguments(call.method, call.args);
  if (!checked.ok) return checked;
  const { ports, settings } = parts;
  const invocation = { ...parts, args: call.args, context: call.context };
  if (!('username' in call)) return accept(await runOpen(call.method, invocation));

  const method = accountMethods[call.method];
  const admitted = await authenticate(ports, settings, limiters, {
    ...call,
    whenLocked: method.whenLocked,
    makesSession: method.makesSession ?? false,
    sessions: (now) => method.sessions?.(call.args, now) ?? [],
  });
  if (!admitted.ok) return admitted;
  const refusal = method.refusal?.(invocation);
  const used = admitted.value.used.kind;
  if (refusal) return { ok: false, refusal, used };
  return { ...accept(await runFor(call.method, { ...invocation, ...admitted.value })), used };
}

/** The refusal that answers an error inside. */
export function refusalOf(cause: unknown): Refusal {
  if (cause instanceof StoreUnavailable || cause instanceof SecretMissing) return { code: 502 };
  if (cause instanceof StoreFailed) return { code: 501 };
  if (cause instanceof HasherBusy) return { code: 507 };
  return { code: 500 };
}
