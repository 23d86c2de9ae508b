/**
 * Stands in for `@node-rs/argon2`'s loader in a bundle: the zip holds one binary, for its own
 * processor, so there is nothing to look for. It is loaded for the first password that has to be hashed:
 * many calls come without one.
 */
import { createRequire } from 'node:module';

type Binding = typeof import('@node-rs/argon2');

let loaded: Binding | undefined;

function binding(): Binding {
  loaded ??= createRequire(import.meta.url)('./argon2.node') as Binding;
  return loaded;
}

export const hash: Binding['hash'] = (...input) => binding().hash(...input);
export const verify: Binding['verify'] = (...check) => binding().verify(...check);
