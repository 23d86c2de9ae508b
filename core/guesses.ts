/**
 * Guesses under way in this process. Refusals are counted after verification, so without a gate any
 * number of guesses sent at once would all be verified before the first of them is counted. Each
 * gateway has one; between processes a ban holds from the first read after it.
 */
import { type BanRule, type BanWatch, isBanned, type RefusalKey, recentRefusals } from './bans.ts';
import type { Clock, RefusalTimes } from './ports.ts';

/** What a guess holds while it is verified. */
export interface Seat {
  /** Tells those who wait what the store now knows. */
  learn(times: RefusalTimes): void;
  /** Turns away those who wait: a guess could not be counted, so nobody knows what a ban leaves. */
  fail(cause: unknown): void;
}

/** A guess on its way: from before it reads what the store knows until it has its answer. */
export interface Visit {
  /**
   * `known`: the refusals that were read for this call. Resolves to `banned`, or once there is a seat.
   * @throws what another guess failed with
   */
  enter(known: RefusalTimes): Promise<Seat | 'banned'>;
  /** Ends the visit and makes place for the next, seated or not. */
  leave(): void;
}

/** Lets in no more guesses at once than a ban leaves; the rest wait for what becomes of those. */
export interface GuessGate {
  /** To be called before the read: what is learned from then on is held against what was read. */
  approach(watches: readonly BanWatch[]): Visit;
}

/** The guesses under one key. */
interface Room {
  visitors: number;
  seated: number;
  /** The most that a refused guess brought from the store. */
  times: readonly number[];
  readonly waiting: PromiseWithResolvers<void>[];
}

/** Builds a gate. It remembers nothing of a key that no guess is on its way for. */
export function createGuessGate(clock: Clock): GuessGate {
  const rooms = new Map<RefusalKey, Room>();

  function roomOf(key: RefusalKey): Room {
    const room: Room = rooms.get(key) ?? { visitors: 0, seated: 0, times: [], waiting: [] };
    rooms.set(key, room);
    return room;
  }

  async function sit(room: Room, rule: BanRule, known: readonly number[]): Promise<'seated' | 'banned'> {
    for (;;) {
      const now = clock.now();
      const times = worse(room.times, known, rule, now);
      if (isBanned(times, rule, now)) {
        wakeNext(room);
        return 'banned';
      }
      if (room.seated < Math.max(1, rule.refusals - recentRefusals(times, rule, now))) {
        room.seated++;
        return 'seated';
      }
      const turn = Promise.withResolvers<void>();
      room.waiting.push(turn);
      await turn.promise;
    }
  }

  return {
    approach(watches) {
      const visited = watches.map((watch) => ({ ...watch, room: roomOf(watch.key) }));
      for (const { room } of visited) room.visitors++;
      const seats: Room[] = [];
      return {
        async enter(known) {
          for (const { key, rule, room } of visited) {
            if ((await sit(room, rule, known.get(key) ?? [])) === 'banned') return 'banned';
            seats.push(room);
          }
          return {
            learn(times) {
              for (const { key, rule, room } of visited) {
                room.times = worse(room.times, times.get(key) ?? [], rule, clock.now());
              }
            },
            fail(cause) {
              for (const room of seats) for (const turn of room.waiting.splice(0)) turn.reject(cause);
            },
          };
        },
        leave() {
          for (const room of seats.splice(0)) {
            room.seated--;
            wakeNext(room);
          }
          for (const { key, room } of visited.splice(0)) if (--room.visitors === 0) rooms.delete(key);
        },
      };
    },
  };
}

/** Wakes one who waits, who passes the word on if it finds a ban. */
function wakeNext(room: Room): void {
  room.waiting.shift()?.resolve();
}

/** Answers of the store arrive in any order: those that know of a ban, or of more, are the later. */
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
