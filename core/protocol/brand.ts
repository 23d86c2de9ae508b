/** Nominal types: only a parser makes a branded value, so no unchecked string can take its place. */

declare const brand: unique symbol;

/** The mark alone. A type of its own, so that declaration files have a name for it. */
export interface Branded<Name extends string> {
  readonly [brand]: Name;
}

/** `T`, marked at compile time as having been checked to be a `Name`. */
export type Brand<T, Name extends string> = T & Branded<Name>;
