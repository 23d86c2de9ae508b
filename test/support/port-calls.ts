/** Carries what ports take and give between a Worker and the test's process, as text. */
import { HasherBusy, StoreFailed, StoreUnavailable } from '../../core/failures.ts';

/** A call of a port by its place in the site, for example `ports.records.read`. */
export interface PortCall {
  readonly site: string;
  readonly path: readonly string[];
  readonly args: readonly unknown[];
}

/** What it came to. */
export type PortAnswer = { readonly value: unknown } | { readonly error: SentError };

/** An error in words. */
export interface SentError {
  readonly name: string;
  readonly message: string;
}

/** Values as JSON, with maps, sets and bytes kept as what they are. */
export function pack(value: unknown): string {
  return JSON.stringify(value, (_, inner: unknown) => {
    if (inner instanceof Map) return { $map: [...inner] };
    if (inner instanceof Set) return { $set: [...inner] };
    if (inner instanceof Uint8Array) return { $bytes: [...inner] };
    return inner;
  });
}

/** The values again. */
export function unpack(text: string): unknown {
  return JSON.parse(text, (_, inner: unknown) => {
    if (typeof inner !== 'object' || inner === null) return inner;
    if ('$map' in inner) return new Map(inner.$map as [unknown, unknown][]);
    if ('$set' in inner) return new Set(inner.$set as unknown[]);
    if ('$bytes' in inner) return Uint8Array.from(inner.$bytes as number[]);
    return inner;
  });
}

const classes = { StoreFailed, StoreUnavailable, HasherBusy, Error };

/** The error again, of its own class. */
export function errorFrom({ name, message }: SentError): Error {
  const Class = Object.entries(classes).find(([known]) => known === name)?.[1] ?? Error;
  return new Class(message);
}
