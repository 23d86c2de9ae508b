/** Nominal types: only a parser makes a branded value, so no unchecked string can take its place. */

declare const brand: unique symbol;

/** `T`, marked at compile time as having been checked to be a `Name`. */
export type Brand<T, Name extends string> = T & { readonly [brand]: Name };
