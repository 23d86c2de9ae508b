/** Bounds the bytes that relayed calls hold in memory, however many run at once. */

/** Bytes that a call holds. */
export interface Reservation {
  /** Gives back what is over `bytes`. */
  shrink(bytes: number): void;
  /** Gives back all. May be called again. */
  release(): void;
}

/** A number of bytes that calls share. */
export interface ByteBudget {
  /**
   * Resolves once there is room, in the order of the requests.
   * @throws {Error} when the signal ends the wait
   */
  reserve(bytes: number, signal: AbortSignal): Promise<Reservation>;
}

interface Waiting {
  readonly bytes: number;
  grant(): void;
}

/** A budget of `total` bytes; a reservation of more never comes. */
export function byteBudget(total: number): ByteBudget {
  let free = total;
  const waiting: Waiting[] = [];

  function give(bytes: number): void {
    free += bytes;
    for (let next = waiting[0]; next && next.bytes <= free; next = waiting[0]) {
      waiting.shift();
      free -= next.bytes;
      next.grant();
    }
  }

  function reservation(bytes: number): Reservation {
    let held = bytes;
    const shrink = (to: number) => {
      const left = Math.min(held, to);
      const freed = held - left;
      held = left;
      give(freed);
    };
    return { shrink, release: () => shrink(0) };
  }

  return {
    async reserve(bytes, signal) {
      signal.throwIfAborted();
      if (waiting.length === 0 && bytes <= free) {
        free -= bytes;
        return reservation(bytes);
      }
      return new Promise((resolve, reject) => {
        const entry: Waiting = {
          bytes,
          grant() {
            signal.removeEventListener('abort', stop);
            resolve(reservation(bytes));
          },
        };
        const stop = () => {
          waiting.splice(waiting.indexOf(entry), 1);
          reject(signal.reason);
          // What it kept waiting may have room now.
          give(0);
        };
        waiting.push(entry);
        signal.addEventListener('abort', stop, { once: true });
      });
    },
  };
}
