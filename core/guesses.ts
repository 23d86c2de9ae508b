/**
 * Guesses under way in this process. Refusals are counted after verification, so without a gate any
 * number of guesses sent at once would all be verified before the first of them is counted. Each
 * gateway has one; between processes a ban holds from the first read after it.
 */
import { type BanWatch, isBanned, type RefusalKey, recentRefusals } from './bans.ts';
import type { Clock, RefusalTimes } from './ports.ts';

/** What a guess holds while it is verified. */
export interface Seat {
  /** Tells those who wait what the store now knows. */
  learn(times: RefusalTimes): void;
  /** Makes place for the next. */
  leave(): void;
}

/** Lets in no more guesses at once than a ban leaves; the rest wait for what becomes of those. */
export interface GuessGate {
  /** `known`: the refusals that were read for this call. */
  enter(watches: readonly BanWatch[], known: RefusalTimes): Promise<Seat | 'banned'>;
}

/** The guesses under one key. */
interface Room {
  underWay: number;
  /** The latest that a refused guess brought from the store; later than what those who wait read. */
  times: readonly number[] | undefined;
  readonly waiting: (() => void)[];
}

/** Builds a gate. It remembers nothing of a key that no guess is under way for. */
export function createGuessGate(clock: Clock): GuessGate {
  const rooms = new Map<RefusalKey, Room>();

  async function sit({ key, rule }: BanWatch, known: RefusalTimes): Promise<Room | 'banned'> {
    const room: Room = rooms.get(key) ?? { underWay: 0, times: undefined, waiting: [] };
    rooms.set(key, room);
    for (;;) {
      const now = clock.now();
      const times = room.times ?? known.get(key) ?? [];
      if (isBanned(times, rule, now)) {
        pass(key, room);
        return 'banned';
      }
      if (room.underWay < Math.max(1, rule.refusals - recentRefusals(times, rule, now))) {
        room.underWay++;
        return room;
      }
      await new Promise<void>((resolve) => room.waiting.push(resolve));
    }
  }

  /** Wakes the next, who passes the word on if it finds a ban. */
  function pass(key: RefusalKey, room: Room): void {
    const next = room.waiting.shift();
    if (next) next();
    else if (room.underWay === 0) rooms.delete(key);
  }

  function stand(taken: ReadonlyMap<RefusalKey, Room>): void {
    for (const [key, room] of taken) {
      room.underWay--;
      pass(key, room);
    }
  }

  return {
    async enter(watches, known) {
      const taken = new Map<RefusalKey, Room>();
      for (const watch of watches) {
        const room = await sit(watch, known);
        if (room === 'banned') {
          stand(taken);
          return 'banned';
        }
        taken.set(watch.key, room);
      }
      return {
        learn(times) {
          for (const [key, room] of taken) room.times = times.get(key) ?? room.times;
        },
        leave: () => stand(taken),
      };
    },
  };
}
