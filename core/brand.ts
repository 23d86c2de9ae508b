/** Nominal types: a branded value has passed its parser and cannot be forged by a plain string. */

declare const brand: unique symbol;

/** `T`, marked at compile time as having been checked to be a `Name`. */
export type Brand<T, Name extends string> = T & { readonly [brand]: Name };
