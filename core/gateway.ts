/** The gateway's one front: a call goes in, a result or a refusal comes out, never a throw. */
import type { Account } from './account.ts';
import { authenticate } from './authenticate.ts';
import { type AccountCall, type Call, checkArguments } from './call.ts';
import type { Challenge } from './challenge.ts';
import { createGuessGate, type GuessGate } from './guesses.ts';
import { getchallenge } from './methods/getchallenge.ts';
import { type LoginResult, login } from './methods/login.ts';
import { sessionexpire } from './methods/sessionexpire.ts';
import { type SessionResult, sessiongenerate } from './methods/sessiongenerate.ts';
import { HasherBusy, type Ports, StoreFailed, StoreUnavailable } from './ports.ts';
import { accept, type Outcome, type Refusal } from './refusal.ts';
import type { Settings } from './settings.ts';

/** What a method gives back, for an adapter to spell. */
export type Result =
  | { readonly method: 'getchallenge'; readonly value: Challenge }
  | { readonly method: 'login'; readonly value: LoginResult }
  | { readonly method: 'sessiongenerate'; readonly value: SessionResult }
  | { readonly method: 'sessionexpire' };

/** A call's outcome; `cause` is what went wrong inside, for the log alone. */
export type Answer = Outcome<Result> & { readonly cause?: unknown };

/** The protocol, plugged into a world. */
export interface Gateway {
  /** Answers a call. Does not throw: what goes wrong inside becomes refusal 500, 501, 502 or 507. */
  answer(call: Call): Promise<Answer>;
}

/** Builds the gateway from its ports and settings. */
export function createGateway(ports: Ports, settings: Settings): Gateway {
  const gate = createGuessGate(ports.clock);
  return {
    async answer(call) {
      try {
        if (call.method === 'getchallenge') {
          return accept({ method: call.method, value: getchallenge(ports, settings) });
        }
        return await answerFor(ports, settings, gate, call);
      } catch (cause) {
        return { ok: false, refusal: refusalOf(cause), cause };
      }
    },
  };
}

async function answerFor(
  ports: Ports,
  settings: Settings,
  gate: GuessGate,
  call: AccountCall,
): Promise<Outcome<Result>> {
  const checked = checkArguments(call.args);
  if (!checked.ok) return checked;
  const caller = await authenticate(ports, settings, gate, call);
  if (!caller.ok) return caller;
  const [result] = await Promise.all([
    perform(ports, settings, caller.value.account, call),
    caller.value.safe,
  ]);
  return accept(result);
}

async function perform(
  ports: Ports,
  settings: Settings,
  account: Account,
  { method, args, context }: AccountCall,
): Promise<Result> {
  switch (method) {
    case 'login':
      return { method, value: login(settings, account, args) };
    case 'sessiongenerate':
      return { method, value: await sessiongenerate(ports, account, args, context) };
    case 'sessionexpire':
      await sessionexpire(ports, account.username, args);
      return { method };
  }
}

/** The refusal that stands for what went wrong inside. */
export function refusalOf(cause: unknown): Refusal {
  if (cause instanceof StoreUnavailable) return { code: 502 };
  if (cause instanceof StoreFailed) return { code: 501 };
  if (cause instanceof HasherBusy) return { code: 507 };
  return { code: 500 };
}
