/** Choices at random that are the same in every run. */
import { testRandom } from '../support/ports.ts';

/** A source of choices. */
export interface Chooser {
  /** A whole number from 0 up to, not including, `limit`. */
  below(limit: number): number;
  one<T>(items: readonly [T, ...T[]]): T;
}

/** Starts a source; the same seed makes the same choices. */
export function chooser(seed: string): Chooser {
  const random = testRandom(seed);
  const below = (limit: number) => {
    const [a = 0, b = 0, c = 0] = random.bytes(3);
    return (a * 65_536 + b * 256 + c) % limit;
  };
  return { below, one: (items) => items[below(items.length)] ?? items[0] };
}
