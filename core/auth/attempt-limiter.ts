/**
 * Limits the attempts at log-in that this process verifies at once. Refusals are counted after
 * verification: without a limit any number of guesses sent together would all be verified before the
 * first of them is counted. Between processes a ban holds from the first read after it.
 */
import type { Clock, RefusalTimes } from '../ports.ts';
import { type BanRule, type BanWatch, isBanned, type RefusalKey, recentRefusals } from './bans.ts';
import { type UncountedRefusals, uncountedRefusals } from './uncounted-refusals.ts';

/** What an attempt holds while its credentials are verified. */
export interface Permit {
  /** Its refusal was counted: `times` is what the store now has. */
  counted(times: RefusalTimes): void;
  /** The store could not count its refusal of `at` (Unix ms): this process does. */
  uncounted(at: number): void;
}

/** An attempt, from before it reads what the store knows until it has its answer. */
export interface Attempt {
  /** `known`: the refusals that were read for this call. Resolves once there is a permit, or to `banned`. */
  acquire(known: RefusalTimes): Promise<Permit | 'banned'>;
  /** Ends the attempt and lets the next one in, whether it had a permit or not. */
  end(): void;
}

/** Gives no more permits at once than refusals are left before a ban; further attempts wait. */
export interface AttemptLimiter {
  /** To be called before the read: what is counted from then on is compared with what was read. */
  begin(watches: readonly BanWatch[]): Attempt;
}

/** The attempts under one key. */
interface KeyState {
  attempts: number;
  permits: number;
  /** The most that a refused attempt brought from the store. */
  times: readonly number[];
  readonly waiting: PromiseWithResolvers<void>[];
}

/** Builds a limiter. For a key without attempts it holds only refusals that the store could not count. */
export function createAttemptLimiter(clock: Clock): AttemptLimiter {
  const states = new Map<RefusalKey, KeyState>();
  const uncounted: UncountedRefusals = uncountedRefusals();

  function stateOf(key: RefusalKey): KeyState {
    const state: KeyState = states.get(key) ?? { attempts: 0, permits: 0, times: [], waiting: [] };
    states.set(key, state);
    return state;
  }

  async function admit(
    state: KeyState,
    { key, rule }: BanWatch,
    known: readonly number[],
  ): Promise<'permitted' | 'banned'> {
    for (;;) {
      const now = clock.now();
      const times = uncounted.with(key, worse(state.times, known, rule, now));
      if (isBanned(times, rule, now)) {
        wakeNext(state);
        return 'banned';
      }
      if (state.permits < Math.max(1, rule.refusals - recentRefusals(times, rule, now))) {
        state.permits++;
        return 'permitted';
      }
      const turn = Promise.withResolvers<void>();
      state.waiting.push(turn);
      await turn.promise;
    }
  }

  return {
    begin(watches) {
      const watched = watches.map((watch) => ({ watch, state: stateOf(watch.key) }));
      for (const { state } of watched) state.attempts++;
      const permitted: KeyState[] = [];
      return {
        async acquire(known) {
          for (const { watch, state } of watched) {
            if ((await admit(state, watch, known.get(watch.key) ?? [])) === 'banned') return 'banned';
            permitted.push(state);
          }
          return {
            counted(times) {
              for (const { watch, state } of watched) {
                state.times = worse(state.times, times.get(watch.key) ?? [], watch.rule, clock.now());
              }
            },
            uncounted(at) {
              for (const { watch } of watched) uncounted.add(watch, at);
            },
          };
        },
        end() {
          for (const state of permitted.splice(0)) {
            state.permits--;
            wakeNext(state);
          }
          for (const { watch, state } of watched.splice(0)) {
            if (--state.attempts === 0) states.delete(watch.key);
          }
        },
      };
    },
  };
}

/** Wakes one that waits; if it finds a ban, it wakes the next. */
function wakeNext(state: KeyState): void {
  state.waiting.shift()?.resolve();
}

/** Answers of the store arrive in any order: those that know of a ban, or of more refusals, are the later. */
function worse(
  some: readonly number[],
  others: readonly number[],
  rule: BanRule,
  now: number,
): readonly number[] {
  const banned = isBanned(some, rule, now);
  if (banned !== isBanned(others, rule, now)) return banned ? some : others;
  return recentRefusals(some, rule, now) > recentRefusals(others, rule, now) ? some : others;
}
