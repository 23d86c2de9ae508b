/** Random choices that a seed decides: the same seed, the same choices. */

/** Draws of one stream. */
export interface Dice {
  /** From 0 up to, not including, 1. */
  next(): number;
  /** A whole number from 0 up to, not including, `below`. */
  below(below: number): number;
  /** Whether something happens that happens with this probability. */
  chance(probability: number): boolean;
  /** One of a list. */
  pick<T>(list: readonly [T, ...T[]]): T;
  /** One of a list, `undefined` when it is empty. */
  anyOf<T>(list: readonly T[]): T | undefined;
}

/** A stream of its own for a seed and a name, by SplitMix32. */
export function diceOf(seed: number, name: string): Dice {
  let state = seed >>> 0;
  for (let i = 0; i < name.length; i++) state = Math.imul(state ^ name.charCodeAt(i), 0x9e3779b1) >>> 0;
  const next = () => {
    state = (state + 0x9e3779b9) >>> 0;
    let mixed = state ^ (state >>> 16);
    mixed = Math.imul(mixed, 0x21f0aaad);
    mixed ^= mixed >>> 15;
    mixed = Math.imul(mixed, 0x735a2d97);
    return ((mixed ^ (mixed >>> 15)) >>> 0) / 2 ** 32;
  };
  const below = (limit: number) => Math.floor(next() * limit);
  return {
    next,
    below,
    chance: (probability) => next() < probability,
    pick: (list) => list[below(list.length)] ?? list[0],
    anyOf: (list) => list[below(list.length)],
  };
}
